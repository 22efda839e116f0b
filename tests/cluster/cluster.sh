#!/bin/bash
# A real SLURM cluster on one machine, for tests: controller c0 and nodes n1, n2, each a "host" with its own
# network, host name, /tmp and /dev/shm. Needs root and the Debian packages slurmctld slurmd slurm-client munge
# iproute2. WORK (default $TMPDIR/gph-cluster) is seen by all hosts, as a shared file system would be.
#   cluster.sh up          start it and wait until both nodes are idle
#   cluster.sh run H CMD…  run CMD on host H (c0 to submit: sbatch, squeue, scontrol …)
#   cluster.sh kill H      kill everything on host H, as a power cut would
#   cluster.sh down        stop it
set -u
work=${WORK:-${TMPDIR:-/tmp}/gph-cluster}
share=${SHARE:-$PWD} # folders that all hosts see at their own paths, such as the checkout
run=$work/run hosts="c0 n1 n2" conf=$work/slurm.conf
export SLURM_CONF=$conf
address() { case $1 in c0) echo 10.79.0.10 ;; n1) echo 10.79.0.1 ;; n2) echo 10.79.0.2 ;; esac; }
on() { local pid; pid=$(cat "$run/$1.pid") || exit 1; shift; nsenter -t "$pid" -n -u -m --wd="$PWD" -- "$@"; }

write_conf() {
    cat >"$conf" <<CONF
ClusterName=t
SlurmctldHost=c0($(address c0))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=/tmp/munge.socket
SlurmctldPidFile=$run/slurmctld.pid
SlurmdPidFile=$run/slurmd.%n.pid
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool/%n
SlurmctldLogFile=$work/log/slurmctld.log
SlurmdLogFile=$work/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=batch_sched_delay=1,sched_interval=2,bf_interval=2,requeue_delay=1
MpiDefault=none
ReturnToService=2
KillWait=5
SlurmdTimeout=20
SlurmdParameters=config_overrides
NodeName=n1 NodeAddr=$(address n1) CPUs=4 RealMemory=4000
NodeName=n2 NodeAddr=$(address n2) CPUs=4 RealMemory=4000
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=60 State=UP
CONF
}

up() {
    mkdir -p "$run" "$work/log" "$work/state"
    echo 127.0.0.1 localhost >"$run/hosts"
    for h in $hosts; do echo "$(address "$h") $h" >>"$run/hosts"; done
    write_conf
    unshare -n sleep infinity >/dev/null 2>&1 &
    echo $! >"$run/switch.pid"
    sleep .2
    local switch
    switch=$(cat "$run/switch.pid")
    nsenter -t "$switch" -n sh -c "ip link add br0 type bridge; ip link set br0 up"
    for h in $hosts; do
        mkdir -p "$work/private/$h/tmp" "$work/spool/$h"
        chmod 1777 "$work/private/$h/tmp"
        unshare -n -u -m --propagation private sleep infinity >/dev/null 2>&1 &
        echo $! >"$run/$h.pid"
        sleep .2
        nsenter -t "$switch" -n sh -c "ip link add v$h type veth peer name eth0 netns $(cat "$run/$h.pid"); ip link set v$h master br0 up"
        on "$h" sh -c "hostname $h; mount --bind $run/hosts /etc/hosts; ip link set lo up
            ip addr add $(address "$h")/24 dev eth0; ip link set eth0 up; mount -t tmpfs tmpfs /dev/shm
            for d in $work $share; do case \$d in /tmp/*) mkdir -p $work/private/$h\$d; mount --rbind \$d $work/private/$h\$d ;; esac; done
            mount --rbind $work/private/$h/tmp /tmp"
    done
    [ -f "$work/munge.key" ] || { dd if=/dev/urandom of="$work/munge.key" bs=128 count=1 2>/dev/null; chmod 400 "$work/munge.key"; }
    for h in $hosts; do
        on "$h" munged --force --key-file="$work/munge.key" --socket=/tmp/munge.socket --pid-file=/tmp/munged.pid \
            --log-file=/tmp/munged.log --seed-file=/tmp/munge.seed
    done
    on c0 slurmctld -c -f "$conf"
    for h in n1 n2; do on "$h" slurmd -N "$h" -f "$conf"; done
    for _ in $(seq 1 100); do
        [ "$(on c0 sinfo -h -t idle -o %D 2>/dev/null)" = 2 ] && { on c0 sinfo; return 0; }
        sleep .2
    done
    echo "cluster.sh: the nodes did not become idle; see $work/log" >&2
    return 1
}

# Kills every process of a host but the one that holds it.
kill_host() {
    local holder world process
    holder=$(cat "$run/$1.pid")
    world=$(readlink "/proc/$holder/ns/uts")
    for process in /proc/[0-9]*; do
        process=${process#/proc/}
        [ "$process" != "$holder" ] && [ "$(readlink "/proc/$process/ns/uts" 2>/dev/null)" = "$world" ] &&
            kill -KILL "$process" 2>/dev/null
    done
    return 0
}

down() {
    on c0 scancel -Q -u root
    sleep 1
    for f in "$run"/slurmd.*.pid "$run"/slurmctld.pid "$work"/private/*/tmp/munged.pid; do
        [ -f "$f" ] && kill "$(cat "$f")" 2>/dev/null
    done
    sleep .5
    for h in $hosts switch; do [ -f "$run/$h.pid" ] && kill "$(cat "$run/$h.pid")"; rm -f "$run/$h.pid"; done
    return 0
}

case ${1:-} in
up) up ;;
down) down ;;
run) shift; on "$@" ;;
kill) kill_host "$2" ;;
*) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
