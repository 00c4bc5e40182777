module etcdrecover/benchmarks/reference

go 1.19
