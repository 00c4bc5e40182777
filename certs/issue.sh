#!/usr/bin/env bash
# Makes a CA and a serving certificate for the webhook, or renews the certificate with the CA that is there.
#   certs/issue.sh DIRECTORY [NAME...]
# DIRECTORY then holds ca.crt, ca.key, tls.crt and tls.key. NAMEs are DNS names or IP addresses that API servers use;
# without any, those of the Service etcdrecover-webhook in the namespace etcdrecover-system.
# CA_DAYS and DAYS set the lifetimes (3650, 365). Keep ca.key away from the cluster: nothing in it needs that file.
set -euo pipefail

case ${1:-} in '' | -*) set -- ;; esac
[ $# -ge 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
directory=$1; shift
[ $# -gt 0 ] || set -- etcdrecover-webhook.etcdrecover-system.svc etcdrecover-webhook.etcdrecover-system.svc.cluster.local
command -v openssl > /dev/null || { echo "openssl is missing: apt-get install openssl" >&2; exit 1; }

names=
for name in "$@"; do
    case $name in
        *[!A-Za-z0-9.:*-]*) echo "\"$name\" is neither a DNS name nor an IP address" >&2; exit 2 ;;
        *:* | [0-9]*.[0-9]*.[0-9]*.[0-9]*) names+=${names:+,}IP:$name ;;
        *) names+=${names:+,}DNS:$name ;;
    esac
done

umask 077
mkdir -p "$directory"
# Half a CA is one that clusters may trust already: a new one in its place would cut them off.
for pair in ca.key:ca.crt ca.crt:ca.key; do
    if [ -e "$directory/${pair%:*}" ] && [ ! -s "$directory/${pair#*:}" ]; then
        echo "$directory has ${pair%:*} but no ${pair#*:}: put the missing file back to renew with this CA, or move" \
            "${pair%:*} away to make a new one" >&2
        exit 1
    fi
done
cd "$directory"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

if [ -s ca.key ] && [ -s ca.crt ]; then
    echo "renewing with the CA in $directory, valid until $(openssl x509 -in ca.crt -noout -enddate | cut -d= -f2)"
else
    openssl ecparam -name prime256v1 -genkey -noout -out "$scratch/ca.key"
    openssl req -x509 -new -sha256 -key "$scratch/ca.key" -days "${CA_DAYS:-3650}" -out "$scratch/ca.crt" \
        -subj "/CN=etcdrecover-webhook-ca $(date -u +%Y-%m-%d)" -config /dev/stdin << 'CONFIG'
[req]
distinguished_name = name
x509_extensions = ca
[name]
[ca]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
CONFIG
    mv "$scratch/ca.key" "$scratch/ca.crt" .
fi

openssl ecparam -name prime256v1 -genkey -noout -out "$scratch/tls.key"
openssl req -new -sha256 -key "$scratch/tls.key" -subj /CN=etcdrecover-webhook -out "$scratch/tls.csr"
cat > "$scratch/extensions" << EXTENSIONS
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = $names
EXTENSIONS
openssl x509 -req -sha256 -in "$scratch/tls.csr" -CA ca.crt -CAkey ca.key -set_serial "0x$(openssl rand -hex 16)" \
    -days "${DAYS:-365}" -extfile "$scratch/extensions" -out "$scratch/tls.crt" 2> "$scratch/log" \
    || { cat "$scratch/log" >&2; exit 1; }
openssl verify -x509_strict -purpose sslserver -CAfile ca.crt "$scratch/tls.crt" > /dev/null
mv "$scratch/tls.crt" "$scratch/tls.key" .
echo "$directory/tls.crt is valid for $names until $(openssl x509 -in tls.crt -noout -enddate | cut -d= -f2)"
