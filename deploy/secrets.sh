#!/bin/sh
# Makes what compose.yaml keeps secret, once: passwords, and for each server a certificate under an authority of its own.
#   sh deploy/secrets.sh [FOLDER]      (deploy/secrets)
# What is there already stays. The certificates end after 825 days (docs/operate.md, “A certificate ends”). The authority's key is thrown
# away: to renew, remove the folder's *.pem files and run it again.
set -eu
umask 077
folder=${1:-$(dirname "$0")/secrets}
mkdir -p "$folder"
cd "$folder"

for name in journal queue store; do
  [ -e "$name" ] || openssl rand -hex 24 >"$name"
done

if [ ! -e authority.pem ]; then
  openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 825 -subj '/CN=saraban servers' \
    -keyout authority.key.tmp -out authority.pem 2>/dev/null
  for name in postgres redis store; do
    openssl req -newkey rsa:3072 -nodes -sha256 -subj "/CN=$name" -keyout "$name.key.pem" -out "$name.csr.tmp" 2>/dev/null
    printf 'subjectAltName=DNS:%s\nextendedKeyUsage=serverAuth\n' "$name" >"$name.ext.tmp"
    openssl x509 -req -sha256 -days 825 -in "$name.csr.tmp" -extfile "$name.ext.tmp" \
      -CA authority.pem -CAkey authority.key.tmp -set_serial "0x$(openssl rand -hex 16)" -out "$name.pem" 2>/dev/null
  done
  rm -f ./*.tmp
fi

# The gateways run as the user 1000 of their image, and read these.
if [ "$(id -u)" = 0 ]; then
  chown 1000:1000 authority.pem journal queue store
elif [ "$(id -u)" != 1000 ]; then
  echo "the gateways run as the user 1000 and may not read these yet: sudo chown 1000 authority.pem journal queue store in $PWD" >&2
fi
