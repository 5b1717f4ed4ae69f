#!/bin/sh
# Makes rich.json, a notification with resource data and a validation token, by the OpenSSL command line alone, so that the vector owes
# nothing to the code that it tests. The key in it is for this vector and guards nothing.
#
#     sh crates/adapters/microsoft/tests/vectors/make.sh > crates/adapters/microsoft/tests/vectors/rich.json
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
here=$(cd "$(dirname "$0")" && pwd)
cd "$folder"

flat() { openssl base64 -A; }
flat_for_urls() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
bytes() { xxd -r -p; }

openssl req -x509 -newkey rsa:2048 -nodes -sha256 -days 3650 -subj '/CN=A vector of OpenSSL' \
    -keyout key.pem -out certificate.pem 2> /dev/null
openssl pkcs8 -topk8 -nocrypt -in key.pem -outform DER -out key.der
openssl x509 -in certificate.pem -outform DER -out certificate.der

data_key=$(openssl rand -hex 32)
iv=$(printf %s "$data_key" | cut -c 1-32)
openssl enc -aes-256-cbc -K "$data_key" -iv "$iv" -in "$here/resource.json" -out data
openssl dgst -sha256 -mac HMAC -macopt "hexkey:$data_key" -binary -out signature data
printf %s "$data_key" | bytes > data_key
openssl pkeyutl -encrypt -certin -inkey certificate.pem -in data_key -out encrypted_key \
    -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha1 -pkeyopt rsa_mgf1_md:sha1

openssl genrsa -out published.pem 2048 2> /dev/null
modulus=$(openssl rsa -in published.pem -noout -modulus | cut -d = -f 2 | bytes | flat_for_urls)
header=$(printf %s '{"alg":"RS256","typ":"JWT","kid":"openssl"}' | flat_for_urls)
claims=$(flat_for_urls < "$here/claims.json")
token_signature=$(printf %s "$header.$claims" | openssl dgst -sha256 -sign published.pem -binary | flat_for_urls)

cat << JSON
{
  "madeBy": "$(openssl version | cut -d ' ' -f 1,2)",
  "privateKey": "$(flat < key.der)",
  "certificate": "$(flat < certificate.der)",
  "encryptedContent": {
    "data": "$(flat < data)",
    "dataSignature": "$(flat < signature)",
    "dataKey": "$(flat < encrypted_key)",
    "encryptionCertificateId": "vector",
    "encryptionCertificateThumbprint": "$(openssl dgst -sha1 -r certificate.der | cut -d ' ' -f 1)"
  },
  "keys": {"keys": [{"kty": "RSA", "use": "sig", "kid": "openssl", "n": "$modulus", "e": "AQAB"}]},
  "validationToken": "$header.$claims.$token_signature"
}
JSON
