# shellcheck shell=bash
summary
printf '\nStill up, until Ctrl-C. In another terminal:\n'
note "export KUBECONFIG=$ETCDRECOVER_TEST_KUBECONFIG PATH=$work/bin:\$PATH"
note "kubectl -n $namespace get etcd"
while :; do sleep 3600 & wait $!; done
