#!/bin/sh
# Puts the root file system of the image together: root.sh BINARY FOLDER. For Debian, whose libraries have their places.
set -eu
binary=$1
root=$2

mkdir -p "$root/usr/bin" "$root/etc/ssl/certs" "$root/proc" "$root/dev" "$root/var/lib"
cp "$binary" "$root/usr/bin/tenon"
chmod 755 "$root/usr/bin/tenon"

# `ldd` names each library by its path, the loader too.
ldd "$binary" | tr ' \t' '\n\n' | grep '^/' | sort -u | while read -r library; do
    mkdir -p "$root$(dirname "$library")"
    cp -L "$library" "$root$library"
done

cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
echo 'tenon:x:65532:65532:Tenon:/var/lib/tenon:/nonexistent' > "$root/etc/passwd"
echo 'tenon:x:65532:' > "$root/etc/group"
