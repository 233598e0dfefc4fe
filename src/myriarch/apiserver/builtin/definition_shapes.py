"""The structures of CustomResourceDefinitions, but for the schemas in them, which describe themselves (``crd.py``)."""

from __future__ import annotations

DEFINITIONS = """
@io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1
CustomResourceDefinitionSpec: group! names!:CustomResourceDefinitionNames scope!
  versions!:[CustomResourceDefinitionVersion] conversion:CustomResourceConversion preserveUnknownFields:bool
CustomResourceDefinitionNames: plural! singular shortNames:[string] kind! listKind categories:[string]
CustomResourceDefinitionVersion: name! served!:bool storage!:bool deprecated:bool deprecationWarning
  schema:CustomResourceValidation subresources:CustomResourceSubresources
  additionalPrinterColumns:[CustomResourceColumnDefinition] selectableFields:[SelectableField]
CustomResourceValidation: openAPIV3Schema:object
CustomResourceSubresources: status:object scale:CustomResourceSubresourceScale
CustomResourceSubresourceScale: specReplicasPath! statusReplicasPath! labelSelectorPath
CustomResourceColumnDefinition: name! type! format description priority:int32 jsonPath!
SelectableField: jsonPath!
CustomResourceConversion: strategy! webhook:WebhookConversion
WebhookConversion: clientConfig:object conversionReviewVersions!:[string]
CustomResourceDefinitionStatus: conditions:[CustomResourceDefinitionCondition]@type
  acceptedNames:CustomResourceDefinitionNames storedVersions:[string] observedGeneration:int64
CustomResourceDefinitionCondition: type! status! lastTransitionTime:time reason message observedGeneration:int64
"""
