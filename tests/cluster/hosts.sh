#!/bin/bash
# "Hosts" h1..hN on one machine without SLURM: each its own network and host name, joined by a bridge, so that
# mpirun starts ranks on several addresses over TCP. Needs root and iproute2.
#   hosts.sh up N                        start N hosts
#   hosts.sh run h1 CMD…                 run CMD on h1
#   hosts.sh rate h1 100mbit 50ms        limit that host's link (tc tbf; netem is absent on some kernels)
#   hosts.sh rate h1 off                 take the limit away
#   hosts.sh cut h1 | hosts.sh mend h1   take the link down, or up again
#   hosts.sh down
# mpirun across them: hosts.sh run h1 mpirun --mca plm_rsh_agent "$PWD/hosts.sh rsh" --mca btl self,vader,tcp \
#   --mca btl_tcp_if_include eth0 --mca oob_tcp_if_include eth0 --host h1:2,h2:2 -n 4 PROGRAM
set -u
run=${WORK:-${TMPDIR:-/tmp}/gph-hosts}
mkdir -p "$run"
enter() { local pid; pid=$(cat "$run/$1.pid") || exit 1; shift; exec nsenter -t "$pid" -n -u -m --wd="$PWD" -- "$@"; }
link() { nsenter -t "$(cat "$run/switch.pid")" -n ip link set "v${1#h}" "$2"; }

case ${1:-} in
up)
    unshare -n -m sleep infinity >/dev/null 2>&1 &
    echo $! >"$run/switch.pid"
    sleep .2
    switch=$(cat "$run/switch.pid")
    nsenter -t "$switch" -n sh -c "ip link add br0 type bridge; ip link set br0 up"
    echo 127.0.0.1 localhost >"$run/hosts"
    for i in $(seq "$2"); do echo "10.77.0.$i h$i" >>"$run/hosts"; done
    for i in $(seq "$2"); do
        unshare -n -u -m sleep infinity >/dev/null 2>&1 &
        echo $! >"$run/h$i.pid"
        sleep .2
        pid=$(cat "$run/h$i.pid")
        nsenter -t "$pid" -n -u -m sh -c "hostname h$i; mount --bind $run/hosts /etc/hosts; ip link set lo up"
        nsenter -t "$switch" -n sh -c "ip link add v$i type veth peer name eth0 netns $pid; ip link set v$i master br0 up"
        nsenter -t "$pid" -n sh -c "ip addr add 10.77.0.$i/24 dev eth0; ip link set eth0 up"
    done ;;
run) shift; enter "$@" ;;
rsh) shift; host=$1; shift; enter "$host" /bin/sh -c "cd; $*" ;;   # mpirun's launch agent, as ssh would be
rate)
    [ "$3" != off ] || exec nsenter -t "$(cat "$run/$2.pid")" -n tc qdisc del dev eth0 root
    nsenter -t "$(cat "$run/$2.pid")" -n tc qdisc replace dev eth0 root tbf rate "$3" burst 64k latency "${4:-50ms}" ;;
cut) link "$2" down ;;
mend) link "$2" up ;;
down) for f in "$run"/*.pid; do kill "$(cat "$f")"; rm "$f"; done ;;
*) sed -n '2,11s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
