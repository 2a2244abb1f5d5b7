# The part that all waiting commands share. Before it stand what is waited for and how:
#   interval timeout within   seconds between tries, for one try, for all of them
#   awaited               the name of the process
#   probe                 a command to try, or
#   host port             what to connect to, or
#   host port path        what to ask
# Comment lines do not reach the node, nor what stands between "+WORD" and "-WORD" for another kind of
# probe. bash, dash and busybox run it; there are no two braces in a row, which the scheduler would bind.
#+command
# In a session of its own, so that a probe with `kill 0` ends itself alone.
try() { apart=$(command -v setsid); exec ${apart:+"$apart"} "${BASH:-sh}" -c "$probe"; }
#-command
#+connect
connect() {
[ "${BASH_VERSION-}" ] || { echo "await_ready: no connection to $host:$port: it takes bash, and this shell is another one" >&2; exit 1; }
exec 3<>"/dev/tcp/$host/$port"
}
#-connect
#+tcp
try() { connect; }
#-tcp
#+http
try() {
connect
printf 'GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: jobc\r\nConnection: close\r\n\r\n' "$path" "$host:$port" >&3
line=
IFS= read -r line <&3
line=${line%"$(printf '\r')"}
case $line in HTTP/*' '[23][0-9][0-9] | HTTP/*' '[23][0-9][0-9]' '*) exit 0 ;; esac
echo "await_ready: http://$host:$port$path answers ${line:-nothing}" >&2
exit 1
}
#-http
# fell PID: kills a process, and before it all that it started; it starts no more meanwhile.
fell() {
kill -STOP "$1" 2>/dev/null
children=$(cat "/proc/$1/task/"*/children 2>/dev/null)
for child in $children; do fell "$child"; done
kill -KILL "$1" 2>/dev/null
}
# attempt SECONDS: one try, which takes no longer than that. It does not die with what it kills: Thermos
# would take the step for lost and run it again. The watchdog says what it does: a probe may end like one
# that was killed.
attempt() {
try & tried=$!
{ sleep "$1"; echo "await_ready: the try took longer than $1 s" >&2; fell "$tried"; } & watchdog=$!
wait "$tried" 2>/dev/null; code=$?
fell "$watchdog"
wait "$watchdog" 2>/dev/null
return "$code"
}
# The first second of the clock may be over at once.
end=$(($(date +%s) + within + 1))
# While there is time for another try, nobody wants to know why this one fails.
while left=$((end - $(date +%s))); [ "$left" -gt "$interval" ]; do
attempt "$((left < timeout ? left : timeout))" >/dev/null 2>&1 && exit 0
sleep "$interval"
done
attempt "$((left < 1 ? 1 : left < timeout ? left : timeout))" && exit 0
echo "await_ready: $awaited is not ready after $within s" >&2
exit 1
