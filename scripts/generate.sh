#!/usr/bin/env bash
# Writes lib/kubernetes, lib/listers and lib/informers from k8s.io/api, and what the chapters' own types have.
# Only what has changed is written; hand-written *_expansion.go and doc.go stay.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# All that carries +genclient. A scheme prefers the version that it saw first, so this is client-go's order.
apis='
  admissionregistration/v1 admissionregistration/v1alpha1 admissionregistration/v1beta1
  apiserverinternal/v1alpha1
  apps/v1 apps/v1beta1 apps/v1beta2
  authentication/v1 authentication/v1alpha1 authentication/v1beta1
  authorization/v1 authorization/v1beta1
  autoscaling/v1 autoscaling/v2
  batch/v1 batch/v1beta1
  certificates/v1 certificates/v1beta1 certificates/v1alpha1
  coordination/v1alpha2 coordination/v1beta1 coordination/v1
  core/v1
  discovery/v1 discovery/v1beta1
  events/v1 events/v1beta1
  extensions/v1beta1
  flowcontrol/v1 flowcontrol/v1beta1 flowcontrol/v1beta2 flowcontrol/v1beta3
  imagepolicy/v1alpha1
  lifecycle/v1alpha1
  networking/v1 networking/v1beta1
  node/v1 node/v1alpha1 node/v1beta1
  policy/v1 policy/v1beta1
  rbac/v1 rbac/v1beta1 rbac/v1alpha1
  resource/v1 resource/v1beta2 resource/v1beta1 resource/v1alpha3
  scheduling/v1alpha3 scheduling/v1beta1 scheduling/v1
  storage/v1beta1 storage/v1 storage/v1alpha1
  storagemigration/v1 storagemigration/v1beta1
'

lib=client-go-workbook/lib
generators=$lib/codegen/cmd # go run builds each once, for go generate too
packages=$(printf 'k8s.io/api/%s\n' $apis)
names='--plural-exceptions Endpoints:Endpoints --prune'
# shellcheck disable=SC2086 # lists of words
{
  go run $generators/client-gen $names --input-base k8s.io/api --input "$(echo $apis | tr ' ' ,)" --prefers-protobuf \
    --clientset-name kubernetes --output-dir lib --output-pkg $lib
  go run $generators/lister-gen $names --output-dir lib/listers --output-pkg $lib/listers $packages
  go run $generators/informer-gen $names --output-dir lib/informers --output-pkg $lib/informers --single-directory \
    --versioned-clientset-package $lib/kubernetes --listers-package $lib/listers $packages
}
go generate ./...
