# Runs a command where the directory of the store has what a private one has, besides its own: in a
# mount namespace, which it is started in. Arguments:
#   store    the store's directory, which need not be there
#   own      the private directory: `store` has the objects, `root` is empty
#   uid gid  of the user that the command runs as, if the namespace has made that one root
#   tools    where to look for programs besides PATH
#   "$@"     the command
set -e
store=$1 own=$2 uid=$3 gid=$4 path=$PATH here=$PWD
PATH=$PATH:$5
shift 5
enter=$(command -v unshare)
new=$own/root
# No more than this is put together piece by piece.
most=2000

# What is in the directory $1 and in none of its own name $2, in $new.
assemble() {
  count=0
  for entry in "${1%/}"/* "${1%/}"/.[!.]* "${1%/}"/..?*; do
    name=${entry##*/}
    [ "$name" != "$2" ] || continue
    count=$((count + 1))
    [ "$count" -le "$most" ] || return 1
    if [ -L "$entry" ]; then ln -s "$(readlink "$entry")" "$new/$name"
    elif [ -d "$entry" ]; then mkdir "$new/$name" && mount --rbind "$entry" "$new/$name"
    elif [ -e "$entry" ]; then : >"$new/$name" && mount --bind "$entry" "$new/$name"
    fi || return 1
  done
}

# The private objects, in the directory $1.
objects() {
  for entry in "$own/store"/*; do
    name=${entry##*/}
    if [ -L "$entry" ]; then ln -s "$(readlink "$entry")" "$1/$name"
    elif [ -d "$entry" ]; then mkdir "$1/$name" && mount --bind "$entry" "$1/$name"
    else : >"$1/$name" && mount --bind "$entry" "$1/$name"
    fi || return 1
  done
}

if [ -d "$store" ]; then
  if [ -z "$(ls -A "$store")" ]; then
    mount --bind "$own/store" "$store"
  elif ! mount -t overlay overlay -o "lowerdir=$own/store:$store" "$store" 2>/dev/null; then
    mount -t tmpfs tmpfs "$new"
    assemble "$store" ""
    objects "$new"
    mount --rbind "$new" "$store"
  fi
else
  # The nearest directory above that is there is put together again, with the store in it.
  above=$store
  while [ ! -d "$above" ]; do above=${above%/*}; above=${above:-/}; done
  mount -t tmpfs tmpfs "$new"
  assemble "$above" ""
  rest=${store#"${above%/}"/}
  mkdir -p "$new/$rest"
  mount --bind "$own/store" "$new/$rest"
  if [ "$above" = / ]; then
    cd "$new"
    pivot_root . .
    umount -l .
  else
    mount --rbind "$new" "$above"
  fi
fi
cd "$here"
PATH=$path
if [ "$uid" ]; then exec "$enter" --user --map-user="$uid" --map-group="$gid" -- "$@"; fi
exec "$@"
