# The part that all init commands share. Before it stand what is realised and the settings:
#   path root             the store path, and the link that keeps it from being collected
#   nix_store tries       the program; how often to try
#   asked keys            Nix's setting that takes the caches, empty to leave it; keys to trust
#   connect stall         seconds for a connection, and without a byte
#   "$@"                  the caches
# Comment lines do not reach the node, nor what stands between "+caches" and "-caches" if there are
# no caches. bash, dash and busybox run it; there are no two braces in a
# row, which the scheduler would bind, and no apostrophe inside "${...}", which bash refuses.
PATH=${PATH:-/usr/bin:/bin}:/nix/var/nix/profiles/default/bin:/run/current-system/sw/bin:${HOME:-/root}/.nix-profile/bin:${HOME:-/root}/.local/state/nix/profile/bin:/usr/local/bin:/usr/bin:/bin; export PATH
command -v "$nix_store" >/dev/null 2>&1 || { echo "nix_init: $nix_store not found on $(uname -n) (PATH=$PATH): install Nix on this node" >&2; exit 127; }
# Nix notes what caches said. Steps that share the notes break each other on a fresh node, and a
# path that was asked for too early is absent for an hour: so each step has its own.
notes=${root%/*}/.cache/${root##*/}
[ -d "$notes" ] || mkdir -p "$notes" || { echo "nix_init: cannot make $notes: the sandbox has to be writable" >&2; exit 1; }
# Nix dies in a home directory that it may not enter, or without any.
[ -w "${HOME:-}" ] || HOME=$PWD
XDG_CACHE_HOME=$notes; export HOME XDG_CACHE_HOME; unset NIX_CACHE_HOME
# Whoever can write to the store, or to none yet, needs no daemon. One would warn that this setting
# is not for everybody.
state=${NIX_STATE_DIR:-/nix/var/nix} daemon=yes
[ ! -w "$state" ] && [ -e "$state" ] || daemon=
[ "$daemon" ] || { NIX_CONFIG="stalled-download-timeout = $stall
${NIX_CONFIG-}"; export NIX_CONFIG; }
realise() { "$nix_store" ${asked:+--option "$asked" "$*"} ${keys:+--option extra-trusted-public-keys "$keys"} --option connect-timeout "$connect" --add-root "$root" --indirect -r "$path" >/dev/null; }
#+caches
client() { nix --extra-experimental-features nix-command --option connect-timeout "$connect" --option stalled-download-timeout "$stall" "$@"; }
# whole PATH CACHE...: PATH and all that it refers to out of the first cache that has all of it.
whole() (
wanted=$1; shift
for cache; do client copy --from "$cache" "$wanted" && exit; done
exit 1
)
# referred CACHE PATH: what PATH refers to, as the cache says; fails where that cannot be learned.
# `nix-store --store http://...` of Nix 2.34 crashes, so it is not asked. Releases to come want
# the format named, which older ones do not know.
referred() (
for format in "" 2; do said=$(client path-info --json ${format:+--json-format "$format"} --store "$1" "$2" 2>/dev/null) && break; done
list='"references":['
case $said in *"$list"*) ;; *) exit 1 ;; esac
said=${said#*"$list"} IFS='",'
for name in ${said%%]*}; do [ -z "$name" ] || echo "${2%/*}/${name##*/}"; done
)
# bring PATH CACHE...: what PATH refers to from wherever the daemon gets it, else from the caches;
# then PATH itself. One `nix copy` would want all of it in one cache. A cache that lies about
# references is not followed for ever.
bring() (
wanted=$1 depth=$((depth + 1)) said=; shift
[ "$depth" -lt 100 ] || exit
for cache; do
references=$(referred "$cache" "$wanted") || continue
said=yes
for reference in $references; do
[ "$reference" = "$wanted" ] || "$nix_store" ${asked:+--option "$asked" "$*"} -r "$reference" >/dev/null 2>&1 || whole "$reference" "$@" || bring "$reference" "$@" || exit
done
client copy --from "$cache" --no-recursive "$wanted" && exit
done
[ ! "$said" ] && whole "$wanted" "$@"
)
#-caches
# A daemon that does not trust this account ignores the caches, but takes what the client brings.
attempt() {
realise "$@" && return
#+caches
[ "$daemon" ] && depth=0 && bring "$path" "$@" && realise "$@" && return
#-caches
return 1
}
n=0 pause=1
until attempt "$@"; do
rm -rf "$notes/nix"
n=$((n + 1)) pause=$((pause < 15 ? pause * 2 : 30))
[ "$n" -lt "$tries" ] || { echo "nix_init: cannot realise $path from ${*:-the default substituters} after $n tries: Nix says why above" >&2; exit 1; }
echo "nix_init: try $n of $tries failed, again in ${pause}s" >&2
sleep "$pause"
done
[ -e "$path" ] || { echo "nix_init: $path was realised but is not at its path (relocated store? NIX_REMOTE=${NIX_REMOTE-})" >&2; exit 1; }
