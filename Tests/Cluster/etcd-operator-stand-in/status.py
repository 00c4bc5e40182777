"""The status of an EtcdCluster, from what one reconcile saw."""
import datetime


def status(old, generation, size, replicas, ready, members, health):
    """`members` and `health` are None where the health check did not get that far: what was known of them stays."""
    new = {"observedGeneration": generation, "currentReplicas": replicas, "readyReplicas": ready}
    for name in ("memberCount", "members", "leaderID", "currentVersion"):
        new[name] = old.get(name)
    by_id = {one.id: one for one in health or [] if one.status}
    if members is not None:
        new["memberCount"] = len(members)
        new["members"] = [member_status(member, by_id.get(int(member["ID"]))) for member in members]
        leader = next((one for one in health or [] if one.leads), None)
        if leader:
            new["leaderID"] = f"{leader.id:x}"
            new["currentVersion"] = leader.status["version"]
    new["conditions"] = conditions(old.get("conditions", []), generation, size, replicas, members, health)
    return {name: value for name, value in new.items() if value}  # as Go leaves out what is empty


def member_status(member, health):
    found = {"name": member.get("name"), "id": f"{int(member['ID']):x}", "isLearner": member.get("isLearner", False)}
    if health:
        found |= {"version": health.status["version"], "isLeader": health.leads}
    return {name: value for name, value in found.items() if value} | {"isHealthy": bool(health and health.healthy)}


def conditions(old, generation, size, replicas, members, health):
    healthy, count = sum(one.healthy for one in health or []), len(members or [])
    available = (False, "ClusterNotReady", "Etcd cluster is not yet available")
    if members:
        if healthy >= count // 2 + 1:
            available = (True, "ClusterAvailable", f"Etcd cluster has {healthy}/{count} healthy members with quorum")
        else:
            available = (False, "ClusterNotReady",
                         f"Etcd cluster has {healthy}/{count} healthy members, quorum requires {count // 2 + 1}")
    progressing = (False, "ClusterStable", "Etcd cluster is stable")
    if replicas != size:
        progressing = (True, "ScalingInProgress", f"Scaling from {replicas} to {size} replicas")
    elif members and count != size:
        progressing = (True, "MembershipChanging", f"Etcd membership changing: {count} members, target {size}")
    if any(member.get("isLearner") for member in members or []):
        progressing = (True, "LearnerPromotion", "Waiting for learner member to be promoted")
    degraded = (False, "ClusterHealthy", "All etcd members are healthy")
    ill = [one.host.split(".")[0] for one in health or [] if not one.healthy]
    if ill:
        degraded = (True, "UnhealthyMembers", "Unhealthy members: " + ", ".join(ill))
    return [condition(old, generation, *one) for one in
            (("Available", *available), ("Progressing", *progressing), ("Degraded", *degraded))]


def condition(old, generation, kind, holds, reason, message):
    state = "True" if holds else "False"
    before = next((one for one in old if one["type"] == kind), None)
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    since = before["lastTransitionTime"] if before and before["status"] == state else now
    return {"type": kind, "status": state, "reason": reason, "message": message,
            "observedGeneration": generation, "lastTransitionTime": since}
