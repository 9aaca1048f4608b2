#!/usr/bin/env bash
# Installs the foreign implementations that tests/Conformance compares ours with. May be run again: it adds what is missing.
set -euo pipefail
cd "$(dirname "$0")/node"

missing=()
command -v java >/dev/null || missing+=(default-jre-headless)
command -v aws >/dev/null || missing+=(awscli)
python3 -c 'import boto3' 2>/dev/null || /usr/bin/python3 -c 'import boto3' 2>/dev/null || missing+=(python3-boto3)
if ((${#missing[@]})); then
  # Only a machine without package lists has to fetch them first.
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}" ||
    { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"; }
fi

# npm ci deletes node_modules first, so an unchanged lock file is left alone.
if ! cmp --silent package-lock.json node_modules/.installed-lock; then
  npm ci --omit=optional --no-audit --no-fund
  cp package-lock.json node_modules/.installed-lock
fi
