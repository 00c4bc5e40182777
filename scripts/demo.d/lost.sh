# shellcheck shell=bash
show() { # plugin's arguments
  printf '   $ kubectl etcdrecover %s\n' "$*"
  plugin "$@" 2>&1 | indent
  return "${PIPESTATUS[0]}"
}
recovery() { k -n "$namespace" get etcdrecoveries -o "jsonpath={.items[0]$1}"; }

step "Back it up once, then lose two of the three members, pods and volumes"
show backup create once --cluster main -n "$namespace" --prefix backups "${store[@]}" --wait ||
  surprise "there is no backup"
put since-the-backup "known to every member, and to no backup"
# Volumes that are gone stay gone for a while.
k -n "$namespace" create quota no-new-volumes --hard=persistentvolumeclaims=0 >/dev/null
k -n "$namespace" delete persistentvolumeclaim --wait=false etcd-data-main-{0,1} >/dev/null
k -n "$namespace" delete pod --grace-period=0 --force --wait=false main-{0,1} >/dev/null 2>&1
note "main-0 and main-1 are gone with their volumes; main-2 is left, and can decide nothing alone"

step "What is seen, and what would be done"
show recover main -n "$namespace" --plan || surprise "there is no plan"
pod=$(k -n "$namespace" get pod main-2 -o 'jsonpath={.metadata.uid}')
[ "$(recovery .status.phase)" = AwaitingApproval ] || surprise "something was done before anybody approved it"

step "A person approves just that, and the cluster is rebuilt in place from the member that is left"
digest=$(recovery .status.observed.digest)
under_way() { [ -n "$(recovery .status.stoppedTime)" ]; }
{
  within 300 "the stop of the members" under_way
  k -n "$namespace" delete quota no-new-volumes >/dev/null
} &
pids+=($!)
show recover main -n "$namespace" --yes --expect-digest "$digest" || {
  k -n "$system" logs deployment/etcdrecover-controller --tail=20 | indent
  surprise "the cluster was not recovered"
}

step "All members have all that was known, in one cluster, and nothing was deleted"
within 180 "three ready members" ready
members() { # etcdctl's arguments: in each member
  for i in 0 1 2; do k -n "$namespace" exec "main-$i" -c etcd -- /usr/local/bin/etcdctl "$@"; done
}
members get --prefix "" --consistency=s --print-value-only | sort | uniq -c | cut -c1-72 | indent
expect "keys that every member has of its own" \
  "$(members get --prefix "" --consistency=s --keys-only | grep -c .)" $((4 * 3))
expect "cluster IDs" "$(members endpoint status -w json | grep -o '"cluster_id":[0-9]*' | sort -u | wc -l)" 1
[ "$(k -n "$namespace" get pod main-2 -o 'jsonpath={.metadata.uid}')" != "$pod" ] || surprise "main-2 was not rebuilt"
note "rescue copy: $(recovery '.status.rescueCopies[0].location')"
possible() { recovery '.status.conditions[?(@.type=="DataLossPossible")].status'; }
expect DataLossPossible "$(possible)" True
show recover acknowledge main -n "$namespace" || surprise "it was not acknowledged"
acknowledged() { [ "$(possible)" = False ]; }
within 30 "the acknowledgement" acknowledged
summary
