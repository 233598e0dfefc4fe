"""The structures of a pod's volumes, and of claims. Written in the language of ``shapes.py``; ``core/v1``, 1.34."""

from __future__ import annotations

VOLUMES = """
@io.k8s.api.core.v1
Volume: name! hostPath:HostPathVolumeSource emptyDir:EmptyDirVolumeSource
  gcePersistentDisk:GCEPersistentDiskVolumeSource awsElasticBlockStore:AWSElasticBlockStoreVolumeSource
  gitRepo:GitRepoVolumeSource secret:SecretVolumeSource nfs:NFSVolumeSource iscsi:ISCSIVolumeSource
  glusterfs:GlusterfsVolumeSource persistentVolumeClaim:PersistentVolumeClaimVolumeSource rbd:RBDVolumeSource
  flexVolume:FlexVolumeSource cinder:CinderVolumeSource cephfs:CephFSVolumeSource flocker:FlockerVolumeSource
  downwardAPI:DownwardAPIVolumeSource fc:FCVolumeSource azureFile:AzureFileVolumeSource
  configMap:ConfigMapVolumeSource vsphereVolume:VsphereVirtualDiskVolumeSource quobyte:QuobyteVolumeSource
  azureDisk:AzureDiskVolumeSource photonPersistentDisk:PhotonPersistentDiskVolumeSource
  projected:ProjectedVolumeSource portworxVolume:PortworxVolumeSource scaleIO:ScaleIOVolumeSource
  storageos:StorageOSVolumeSource csi:CSIVolumeSource ephemeral:EphemeralVolumeSource image:ImageVolumeSource
HostPathVolumeSource: path! type=""
EmptyDirVolumeSource: medium sizeLimit:quantity
GCEPersistentDiskVolumeSource: pdName! fsType partition:int32 readOnly:bool
AWSElasticBlockStoreVolumeSource: volumeID! fsType partition:int32 readOnly:bool
GitRepoVolumeSource: repository! revision directory
SecretVolumeSource: secretName items:[KeyToPath] defaultMode:int32=420 optional:bool
NFSVolumeSource: server! path! readOnly:bool
ISCSIVolumeSource: targetPortal! iqn! lun!:int32 iscsiInterface fsType readOnly:bool portals:[string]
  chapAuthDiscovery:bool chapAuthSession:bool secretRef:LocalObjectReference initiatorName
GlusterfsVolumeSource: endpoints! path! readOnly:bool
PersistentVolumeClaimVolumeSource: claimName! readOnly:bool
RBDVolumeSource: monitors!:[string] image! fsType pool user keyring secretRef:LocalObjectReference readOnly:bool
FlexVolumeSource: driver! fsType secretRef:LocalObjectReference readOnly:bool options:{string}
CinderVolumeSource: volumeID! fsType readOnly:bool secretRef:LocalObjectReference
CephFSVolumeSource: monitors!:[string] path user secretFile secretRef:LocalObjectReference readOnly:bool
FlockerVolumeSource: datasetName datasetUUID
DownwardAPIVolumeSource: items:[DownwardAPIVolumeFile] defaultMode:int32=420
FCVolumeSource: targetWWNs:[string] lun:int32 fsType readOnly:bool wwids:[string]
AzureFileVolumeSource: secretName! shareName! readOnly:bool
ConfigMapVolumeSource: name items:[KeyToPath] defaultMode:int32=420 optional:bool
VsphereVirtualDiskVolumeSource: volumePath! fsType storagePolicyName storagePolicyID
QuobyteVolumeSource: registry! volume! readOnly:bool user group tenant
AzureDiskVolumeSource: diskName! diskURI! cachingMode:enum(None,ReadOnly,ReadWrite) fsType readOnly:bool
  kind:enum(Dedicated,Managed,Shared)
PhotonPersistentDiskVolumeSource: pdID! fsType
ProjectedVolumeSource: sources:[VolumeProjection] defaultMode:int32=420
PortworxVolumeSource: volumeID! fsType readOnly:bool
ScaleIOVolumeSource: gateway! system! secretRef!:LocalObjectReference sslEnabled:bool protectionDomain storagePool
  storageMode volumeName fsType readOnly:bool
StorageOSVolumeSource: volumeName volumeNamespace fsType readOnly:bool secretRef:LocalObjectReference
CSIVolumeSource: driver! readOnly:bool fsType volumeAttributes:{string} nodePublishSecretRef:LocalObjectReference
EphemeralVolumeSource: volumeClaimTemplate:PersistentVolumeClaimTemplate
ImageVolumeSource: reference pullPolicy:enum(Always,IfNotPresent,Never)
KeyToPath: key! path! mode:int32
DownwardAPIVolumeFile: path! fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector mode:int32
VolumeProjection: secret:SecretProjection downwardAPI:DownwardAPIProjection configMap:ConfigMapProjection
  serviceAccountToken:ServiceAccountTokenProjection clusterTrustBundle:ClusterTrustBundleProjection
  podCertificate:PodCertificateProjection
PersistentVolumeClaimTemplate: metadata:ObjectMeta spec!:PersistentVolumeClaimSpec
ObjectFieldSelector~atomic: apiVersion="v1" fieldPath!
ResourceFieldSelector~atomic: containerName resource! divisor:quantity
SecretProjection: name items:[KeyToPath] optional:bool
DownwardAPIProjection: items:[DownwardAPIVolumeFile]
ConfigMapProjection: name items:[KeyToPath] optional:bool
ServiceAccountTokenProjection: audience expirationSeconds:int64=3600 path!
ClusterTrustBundleProjection: name signerName labelSelector:LabelSelector optional:bool path!
PodCertificateProjection: signerName keyType maxExpirationSeconds:int32 credentialBundlePath keyPath
  certificateChainPath
PersistentVolumeClaimSpec: accessModes:[enum(ReadOnlyMany,ReadWriteMany,ReadWriteOnce,ReadWriteOncePod)]
  selector:LabelSelector resources:VolumeResourceRequirements={}
  volumeName storageClassName volumeMode:enum(Block,Filesystem)="Filesystem" dataSource:TypedLocalObjectReference
  dataSourceRef:TypedObjectReference volumeAttributesClassName
VolumeResourceRequirements: limits:{quantity} requests:{quantity}
TypedLocalObjectReference~atomic: apiGroup kind! name!
TypedObjectReference: apiGroup kind! name! namespace
"""
