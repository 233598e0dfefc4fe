"""The structures of workloads, budgets, services and rights. Written in the language of ``shapes.py``; as of 1.34."""

from __future__ import annotations

WORKLOADS = """
@io.k8s.api.apps.v1
DeploymentSpec: replicas:int32=1 selector!?:LabelSelector template!:PodTemplateSpec
  strategy:DeploymentStrategy+retain={} minReadySeconds:int32 revisionHistoryLimit:int32=10 paused:bool
  progressDeadlineSeconds:int32=600
DeploymentStatus: observedGeneration:int64 replicas:int32 updatedReplicas:int32 readyReplicas:int32
  availableReplicas:int32 unavailableReplicas:int32 terminatingReplicas:int32 conditions:[DeploymentCondition]@type
  collisionCount:int32
DaemonSetSpec: selector!?:LabelSelector template!:PodTemplateSpec updateStrategy:DaemonSetUpdateStrategy={}
  minReadySeconds:int32 revisionHistoryLimit:int32=10
DaemonSetStatus: currentNumberScheduled:int32=0 numberMisscheduled:int32=0 desiredNumberScheduled:int32=0
  numberReady:int32=0 observedGeneration:int64 updatedNumberScheduled:int32 numberAvailable:int32
  numberUnavailable:int32 collisionCount:int32 conditions:[DaemonSetCondition]@type
ReplicaSetSpec: replicas:int32=1 minReadySeconds:int32 selector!?:LabelSelector template:PodTemplateSpec
ReplicaSetStatus: replicas:int32=0 fullyLabeledReplicas:int32 readyReplicas:int32 availableReplicas:int32
  terminatingReplicas:int32 observedGeneration:int64 conditions:[ReplicaSetCondition]@type
StatefulSetSpec: replicas:int32=1 selector!?:LabelSelector template!:PodTemplateSpec
  volumeClaimTemplates:[PersistentVolumeClaim] serviceName=""
  podManagementPolicy:enum(OrderedReady,Parallel)="OrderedReady"
  updateStrategy:StatefulSetUpdateStrategy={} revisionHistoryLimit:int32=10 minReadySeconds:int32
  persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy={}
  ordinals:StatefulSetOrdinals
StatefulSetStatus: observedGeneration:int64 replicas:int32=0 readyReplicas:int32 currentReplicas:int32
  updatedReplicas:int32 currentRevision updateRevision collisionCount:int32 conditions:[StatefulSetCondition]@type
  availableReplicas:int32=0
DeploymentStrategy: type:enum(Recreate,RollingUpdate) rollingUpdate:RollingUpdateDeployment
DeploymentCondition: type! status! lastUpdateTime:time=null lastTransitionTime:time=null reason message
DaemonSetUpdateStrategy: type:enum(OnDelete,RollingUpdate) rollingUpdate:RollingUpdateDaemonSet
DaemonSetCondition: type! status! lastTransitionTime:time=null reason message
ReplicaSetCondition: type! status! lastTransitionTime:time=null reason message
StatefulSetUpdateStrategy: type:enum(OnDelete,RollingUpdate) rollingUpdate:RollingUpdateStatefulSetStrategy
StatefulSetPersistentVolumeClaimRetentionPolicy: whenDeleted="Retain" whenScaled="Retain"
StatefulSetOrdinals: start:int32
StatefulSetCondition: type! status! lastTransitionTime:time=null reason message
RollingUpdateDeployment: maxUnavailable:intstr maxSurge:intstr
RollingUpdateDaemonSet: maxUnavailable:intstr maxSurge:intstr
RollingUpdateStatefulSetStrategy: partition:int32 maxUnavailable:intstr
@io.k8s.api.batch.v1
JobSpec: parallelism:int32 completions:int32 activeDeadlineSeconds:int64 podFailurePolicy:PodFailurePolicy
  successPolicy:SuccessPolicy backoffLimit:int32=6 backoffLimitPerIndex:int32 maxFailedIndexes:int32
  selector:LabelSelector manualSelector:bool=false template!:PodTemplateSpec ttlSecondsAfterFinished:int32
  completionMode:enum(Indexed,NonIndexed)="NonIndexed" suspend:bool=false
  podReplacementPolicy:enum(Failed,TerminatingOrFailed) managedBy
JobStatus: conditions:[JobCondition]^type startTime:time completionTime:time active:int32 succeeded:int32
  failed:int32 terminating:int32 completedIndexes failedIndexes uncountedTerminatedPods:UncountedTerminatedPods
  ready:int32
PodFailurePolicy: rules!:[PodFailurePolicyRule]
SuccessPolicy: rules!:[SuccessPolicyRule]
JobCondition: type! status! lastProbeTime:time=null lastTransitionTime:time=null reason message
UncountedTerminatedPods: succeeded:[string]~set failed:[string]~set
PodFailurePolicyRule: action!:enum(Count,FailIndex,FailJob,Ignore) onExitCodes:PodFailurePolicyOnExitCodesRequirement
  onPodConditions:[PodFailurePolicyOnPodConditionsPattern]
SuccessPolicyRule: succeededIndexes succeededCount:int32
PodFailurePolicyOnExitCodesRequirement: containerName operator!:enum(In,NotIn) values!:[int32]~set
PodFailurePolicyOnPodConditionsPattern: type! status!
@io.k8s.api.policy.v1
PodDisruptionBudgetSpec: minAvailable:intstr selector:LabelSelector+retain maxUnavailable:intstr
  unhealthyPodEvictionPolicy:enum(AlwaysAllow,IfHealthyBudget)
PodDisruptionBudgetStatus: observedGeneration:int64 disruptedPods:{time} disruptionsAllowed:int32=0
  currentHealthy:int32=0 desiredHealthy:int32=0 expectedPods:int32=0 conditions:[Condition]@type
@io.k8s.api.core.v1
ServiceSpec: ports:[ServicePort]@port,protocol selector:{string}~atomic clusterIP clusterIPs:[string]
  type:enum(ClusterIP,ExternalName,LoadBalancer,NodePort)="ClusterIP" externalIPs:[string]
  sessionAffinity:enum(ClientIP,None)="None" loadBalancerIP loadBalancerSourceRanges:[string]
  externalName externalTrafficPolicy:enum(Cluster,Local) healthCheckNodePort:int32 publishNotReadyAddresses:bool
  sessionAffinityConfig:SessionAffinityConfig ipFamilies:[string]
  ipFamilyPolicy:enum(PreferDualStack,RequireDualStack,SingleStack) allocateLoadBalancerNodePorts:bool
  loadBalancerClass internalTrafficPolicy:enum(Cluster,Local) trafficDistribution
ServiceStatus: loadBalancer:LoadBalancerStatus={} conditions:[Condition]@type
PersistentVolumeClaim: metadata:ObjectMeta spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
ServicePort: name protocol:enum(TCP,UDP,SCTP)="TCP" appProtocol port!:int32 targetPort:intstr nodePort:int32
SessionAffinityConfig: clientIP:ClientIPConfig
LoadBalancerStatus: ingress:[LoadBalancerIngress]
ObjectReference~atomic: kind namespace name uid apiVersion resourceVersion fieldPath
PersistentVolumeClaimStatus: phase:enum(Bound,Lost,Pending)
  accessModes:[enum(ReadOnlyMany,ReadWriteMany,ReadWriteOnce,ReadWriteOncePod)] capacity:{quantity}
  conditions:[PersistentVolumeClaimCondition]@type allocatedResources:{quantity} allocatedResourceStatuses:{string}
  currentVolumeAttributesClassName modifyVolumeStatus:ModifyVolumeStatus
ClientIPConfig: timeoutSeconds:int32
LoadBalancerIngress: ip hostname ipMode ports:[PortStatus]
PersistentVolumeClaimCondition: type! status! lastProbeTime:time lastTransitionTime:time reason message
ModifyVolumeStatus: targetVolumeAttributesClassName status!:enum(InProgress,Infeasible,Pending)
PortStatus: port!:int32 protocol!:enum(SCTP,TCP,UDP) error
@io.k8s.api.rbac.v1
PolicyRule: verbs!:[string] apiGroups:[string] resources:[string] resourceNames:[string] nonResourceURLs:[string]
Subject~atomic: kind! apiGroup name! namespace
RoleRef~atomic: apiGroup! kind! name!
AggregationRule: clusterRoleSelectors:[LabelSelector]
@io.k8s.apimachinery.pkg.apis.meta.v1
LabelSelector~atomic: matchLabels:{string} matchExpressions:[LabelSelectorRequirement]
LabelSelectorRequirement: key! operator! values:[string]
Condition: type! status! observedGeneration:int64 lastTransitionTime!:time reason! message!
@io.k8s.api.coordination.v1
LeaseSpec: holderIdentity leaseDurationSeconds:int32 acquireTime:microtime renewTime:microtime
  leaseTransitions:int32 strategy preferredHolder
"""
