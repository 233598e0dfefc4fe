"""The structures of pods: what runs, where it may run, and what is seen of it. Volumes are in ``volume_shapes.py``.

Written in the language of ``shapes.py``. Fields, types, list keys and defaults are those of ``core/v1`` as of
Kubernetes 1.34.
"""

from __future__ import annotations

POD = """
@io.k8s.api.core.v1
PodTemplateSpec: metadata:ObjectMeta={} spec!:PodSpec
PodStatus: observedGeneration:int64 phase:enum(Failed,Pending,Running,Succeeded,Unknown)
  conditions:[PodCondition]@type message reason nominatedNodeName hostIP
  hostIPs:[HostIP]^ip podIP podIPs:[PodIP]@ip startTime:time initContainerStatuses:[ContainerStatus]
  containerStatuses:[ContainerStatus] qosClass:enum(BestEffort,Burstable,Guaranteed)
  ephemeralContainerStatuses:[ContainerStatus] resize
  resourceClaimStatuses:[PodResourceClaimStatus]@name+retain
  extendedResourceClaimStatus:PodExtendedResourceClaimStatus
PodSpec: volumes:[Volume]@name+retain initContainers:[Container]@name containers!:[Container]@name
  ephemeralContainers:[EphemeralContainer]@name
  restartPolicy:enum(Always,Never,OnFailure)="Always" terminationGracePeriodSeconds:int64=30
  activeDeadlineSeconds:int64
  dnsPolicy:enum(ClusterFirst,ClusterFirstWithHostNet,Default,None)="ClusterFirst"
  nodeSelector:{string}~atomic serviceAccountName
  serviceAccount automountServiceAccountToken:bool nodeName hostNetwork:bool hostPID:bool hostIPC:bool
  shareProcessNamespace:bool securityContext:PodSecurityContext={} imagePullSecrets:[LocalObjectReference]@name
  hostname subdomain affinity:Affinity schedulerName="default-scheduler" tolerations:[Toleration]
  hostAliases:[HostAlias]@ip priorityClassName priority:int32 dnsConfig:PodDNSConfig
  readinessGates:[PodReadinessGate] runtimeClassName enableServiceLinks:bool
  preemptionPolicy:enum(Never,PreemptLowerPriority) overhead:{quantity}
  topologySpreadConstraints:[TopologySpreadConstraint]@topologyKey,whenUnsatisfiable setHostnameAsFQDN:bool os:PodOS
  hostUsers:bool schedulingGates:[PodSchedulingGate]@name resourceClaims:[PodResourceClaim]@name+retain
  resources:ResourceRequirements hostnameOverride
PodCondition: type! observedGeneration:int64 status! lastProbeTime:time=null lastTransitionTime:time=null reason
  message
HostIP: ip!
PodIP: ip!
ContainerStatus: name! state:ContainerState lastState:ContainerState ready:bool=false restartCount:int32=0 image=""
  imageID="" containerID started:bool allocatedResources:{quantity} resources:ResourceRequirements
  volumeMounts:[VolumeMountStatus]@mountPath user:ContainerUser allocatedResourcesStatus:[ResourceStatus]@name
  stopSignal
PodResourceClaimStatus: name! resourceClaimName
PodExtendedResourceClaimStatus: requestMappings!:[ContainerExtendedResourceRequest] resourceClaimName!
Container: name! image command:[string] args:[string] workingDir ports:[ContainerPort]@containerPort,protocol+loose
  envFrom:[EnvFromSource] env:[EnvVar]@name+loose resources:ResourceRequirements={} resizePolicy:[ContainerResizePolicy]
  restartPolicy restartPolicyRules:[ContainerRestartRule] volumeMounts:[VolumeMount]@mountPath
  volumeDevices:[VolumeDevice]@devicePath livenessProbe:Probe readinessProbe:Probe startupProbe:Probe
  lifecycle:Lifecycle terminationMessagePath="/dev/termination-log"
  terminationMessagePolicy:enum(File,FallbackToLogsOnError)="File"
  imagePullPolicy:enum(Always,IfNotPresent,Never)
  securityContext:SecurityContext stdin:bool stdinOnce:bool tty:bool
EphemeralContainer: name! image command:[string] args:[string] workingDir
  ports:[ContainerPort]@containerPort,protocol+loose envFrom:[EnvFromSource] env:[EnvVar]@name+loose
  resources:ResourceRequirements={} resizePolicy:[ContainerResizePolicy] restartPolicy
  restartPolicyRules:[ContainerRestartRule] volumeMounts:[VolumeMount]@mountPath
  volumeDevices:[VolumeDevice]@devicePath livenessProbe:Probe readinessProbe:Probe startupProbe:Probe
  lifecycle:Lifecycle terminationMessagePath="/dev/termination-log"
  terminationMessagePolicy:enum(File,FallbackToLogsOnError)="File"
  imagePullPolicy:enum(Always,IfNotPresent,Never)
  securityContext:SecurityContext stdin:bool stdinOnce:bool tty:bool targetContainerName
PodSecurityContext: seLinuxOptions:SELinuxOptions windowsOptions:WindowsSecurityContextOptions runAsUser:int64
  runAsGroup:int64 runAsNonRoot:bool supplementalGroups:[int64] supplementalGroupsPolicy:enum(Merge,Strict)
  fsGroup:int64
  sysctls:[Sysctl] fsGroupChangePolicy:enum(Always,OnRootMismatch) seccompProfile:SeccompProfile
  appArmorProfile:AppArmorProfile
  seLinuxChangePolicy
LocalObjectReference~atomic: name
Affinity: nodeAffinity:NodeAffinity podAffinity:PodAffinity podAntiAffinity:PodAntiAffinity
Toleration: key operator:enum(Equal,Exists) value effect:enum(NoExecute,NoSchedule,PreferNoSchedule)
  tolerationSeconds:int64
HostAlias: ip! hostnames:[string]
PodDNSConfig: nameservers:[string] searches:[string] options:[PodDNSConfigOption]
PodReadinessGate: conditionType!
TopologySpreadConstraint: maxSkew!:int32 topologyKey! whenUnsatisfiable!:enum(DoNotSchedule,ScheduleAnyway)
  labelSelector:LabelSelector
  minDomains:int32 nodeAffinityPolicy:enum(Honor,Ignore) nodeTaintsPolicy:enum(Honor,Ignore) matchLabelKeys:[string]
PodOS: name!
PodSchedulingGate: name!
PodResourceClaim: name! resourceClaimName resourceClaimTemplateName
ResourceRequirements: limits:{quantity} requests:{quantity} claims:[ResourceClaim]@name
ContainerState: waiting:ContainerStateWaiting running:ContainerStateRunning terminated:ContainerStateTerminated
VolumeMountStatus: name! mountPath! readOnly:bool recursiveReadOnly
ContainerUser: linux:LinuxContainerUser
ResourceStatus: name! resources:[ResourceHealth]@resourceID
ContainerExtendedResourceRequest: containerName! resourceName! requestName!
ContainerPort: name hostPort:int32 containerPort!:int32 protocol:enum(TCP,UDP,SCTP)="TCP" hostIP
EnvFromSource: prefix configMapRef:ConfigMapEnvSource secretRef:SecretEnvSource
EnvVar: name! value valueFrom:EnvVarSource
ContainerResizePolicy: resourceName! restartPolicy!
ContainerRestartRule: action exitCodes:ContainerRestartRuleOnExitCodes
VolumeMount: name! readOnly:bool recursiveReadOnly mountPath! subPath
  mountPropagation:enum(Bidirectional,HostToContainer,None) subPathExpr
VolumeDevice: name! devicePath!
Probe: exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction grpc:GRPCAction initialDelaySeconds:int32
  timeoutSeconds:int32=1 periodSeconds:int32=10 successThreshold:int32=1 failureThreshold:int32=3
  terminationGracePeriodSeconds:int64
Lifecycle: postStart:LifecycleHandler preStop:LifecycleHandler stopSignal
SecurityContext: capabilities:Capabilities privileged:bool seLinuxOptions:SELinuxOptions
  windowsOptions:WindowsSecurityContextOptions runAsUser:int64 runAsGroup:int64 runAsNonRoot:bool
  readOnlyRootFilesystem:bool allowPrivilegeEscalation:bool procMount:enum(Default,Unmasked)
  seccompProfile:SeccompProfile
  appArmorProfile:AppArmorProfile
SELinuxOptions: user role type level
WindowsSecurityContextOptions: gmsaCredentialSpecName gmsaCredentialSpec runAsUserName hostProcess:bool
Sysctl: name! value!
SeccompProfile: type!:enum(Localhost,RuntimeDefault,Unconfined) localhostProfile
AppArmorProfile: type!:enum(Localhost,RuntimeDefault,Unconfined) localhostProfile
NodeAffinity: requiredDuringSchedulingIgnoredDuringExecution:NodeSelector
  preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm]
PodAffinity: requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
  preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
PodAntiAffinity: requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]
  preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]
PodDNSConfigOption: name value
ResourceClaim: name! request
ContainerStateWaiting: reason message
ContainerStateRunning: startedAt:time
ContainerStateTerminated: exitCode:int32=0 signal:int32 reason message startedAt:time finishedAt:time containerID
LinuxContainerUser: uid!:int64 gid!:int64 supplementalGroups:[int64]
ResourceHealth: resourceID! health
ConfigMapEnvSource: name optional:bool
SecretEnvSource: name optional:bool
EnvVarSource: fieldRef:ObjectFieldSelector resourceFieldRef:ResourceFieldSelector
  configMapKeyRef:ConfigMapKeySelector secretKeyRef:SecretKeySelector fileKeyRef:FileKeySelector
ContainerRestartRuleOnExitCodes: operator values:[int32]~set
ExecAction: command:[string]
HTTPGetAction: path="/" port!:intstr host scheme:enum(HTTP,HTTPS)="HTTP" httpHeaders:[HTTPHeader]
TCPSocketAction: port!:intstr host
GRPCAction: port!:int32 service=""
LifecycleHandler: exec:ExecAction httpGet:HTTPGetAction tcpSocket:TCPSocketAction sleep:SleepAction
Capabilities: add:[string] drop:[string]
NodeSelector~atomic: nodeSelectorTerms!:[NodeSelectorTerm]
PreferredSchedulingTerm: weight!:int32 preference!:NodeSelectorTerm
PodAffinityTerm: labelSelector:LabelSelector namespaces:[string] topologyKey! namespaceSelector:LabelSelector
  matchLabelKeys:[string] mismatchLabelKeys:[string]
WeightedPodAffinityTerm: weight!:int32 podAffinityTerm!:PodAffinityTerm
ConfigMapKeySelector~atomic: name key! optional:bool
SecretKeySelector~atomic: name key! optional:bool
FileKeySelector~atomic: volumeName! path! key! optional:bool
HTTPHeader: name! value!
SleepAction: seconds!:int64
NodeSelectorTerm~atomic: matchExpressions:[NodeSelectorRequirement] matchFields:[NodeSelectorRequirement]
NodeSelectorRequirement: key! operator!:enum(DoesNotExist,Exists,Gt,In,Lt,NotIn) values:[string]
"""
