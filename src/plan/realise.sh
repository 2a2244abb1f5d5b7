# The part that all init commands share. Before it stand what is realised and the settings:
#   path root             the store path, and the link that keeps it from being collected
#   nix_store tries       the program; how often to try
#   asked keys            Nix's setting that takes the caches, empty to leave it; keys to trust
#   connect stall         seconds for a connection, and without a byte
#   "$@"                  the caches
# Comment lines do not reach the node. bash, dash and busybox run it; there are no two braces in a
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
# A daemon would warn that this one is not for everybody.
state=${NIX_STATE_DIR:-/nix/var/nix}
[ ! -w "$state" ] || { NIX_CONFIG="stalled-download-timeout = $stall
${NIX_CONFIG-}"; export NIX_CONFIG; }
realise() { "$nix_store" ${asked:+--option "$asked" "$*"} ${keys:+--option extra-trusted-public-keys "$keys"} --option connect-timeout "$connect" --add-root "$root" --indirect -r "$path" >/dev/null; }
copy() { nix --extra-experimental-features nix-command --option connect-timeout "$connect" --option stalled-download-timeout "$stall" copy --from "$@"; }
# bring CACHE PATH: what PATH refers to from wherever the daemon gets it, else from the cache; then
# PATH itself. One `nix copy` would want all of it in the one cache.
bring() {
for reference in $("$nix_store" --store "$1" -q --references "$2"); do
[ "$reference" = "$2" ] || "$nix_store" ${asked:+--option "$asked" "$1"} -r "$reference" >/dev/null 2>&1 || copy "$1" "$reference" || bring "$1" "$reference" || return
done
copy "$1" --no-recursive "$2"
}
# A daemon that does not trust this account ignores the caches, but takes what the client brings.
attempt() {
realise "$@" && return
[ ! -w "$state" ] || return 1
for cache; do bring "$cache" "$path" && realise "$@" && return; done
return 1
}
n=0 pause=1
until attempt "$@"; do
n=$((n + 1)) pause=$((pause < 15 ? pause * 2 : 30))
[ "$n" -lt "$tries" ] || { echo "nix_init: cannot realise $path from ${*:-the default substituters} after $n tries: Nix says why above" >&2; exit 1; }
echo "nix_init: try $n of $tries failed, again in ${pause}s" >&2
sleep "$pause"; rm -rf "$notes/nix"
done
[ -e "$path" ] || { echo "nix_init: $path was realised but is not at its path (relocated store? NIX_REMOTE=${NIX_REMOTE-})" >&2; exit 1; }
