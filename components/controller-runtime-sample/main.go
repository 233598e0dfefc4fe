// A controller of Widgets, as people write them with controller-runtime: it is here to be run against our server.
//
// For each Widget it keeps a ConfigMap of the same name that says the widget's size, owned by the widget and put back
// when somebody changes or deletes it. It tells in the widget's status what it saw, and holds the widget with a
// finalizer until its ConfigMap is gone. With -elect it waits for a Lease first, a short one, so that tests of its loss
// are short. Requests for built-in kinds are sent as JSON.
package main

import (
	"context"
	"flag"
	"os"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

const finalizer = "clients.example/sample"

var leaseDuration, renewDeadline, retryPeriod = 4 * time.Second, 3 * time.Second, time.Second

var widgetKind = schema.GroupVersionKind{Group: "clients.example", Version: "v1", Kind: "Widget"}

func main() {
	kubeconfig := flag.String("config", "", "kubeconfig file")
	namespace := flag.String("namespace", "default", "the only namespace that is looked at")
	elect := flag.Bool("elect", false, "wait for the Lease called sample")
	flag.Parse()
	ctrl.SetLogger(zap.New())
	if err := run(*kubeconfig, *namespace, *elect); err != nil {
		ctrl.Log.Error(err, "ended")
		os.Exit(1)
	}
}

func run(kubeconfig, namespace string, elect bool) error {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	config.ContentType = "application/json"
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Cache:                   cache.Options{DefaultNamespaces: map[string]cache.Config{namespace: {}}},
		LeaderElection:          elect,
		LeaderElectionID:        "sample",
		LeaderElectionNamespace: namespace,
		LeaseDuration:           &leaseDuration,
		RenewDeadline:           &renewDeadline,
		RetryPeriod:             &retryPeriod,
		Metrics:                 server.Options{BindAddress: "0"},
	})
	if err != nil {
		return err
	}
	reconciler := &reconciler{client: manager.GetClient()}
	err = ctrl.NewControllerManagedBy(manager).For(newWidget()).Owns(&corev1.ConfigMap{}).Complete(reconciler)
	if err != nil {
		return err
	}
	return manager.Start(ctrl.SetupSignalHandler())
}

func newWidget() *unstructured.Unstructured {
	widget := &unstructured.Unstructured{}
	widget.SetGroupVersionKind(widgetKind)
	return widget
}

type reconciler struct {
	client client.Client
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	widget := newWidget()
	if err := r.client.Get(ctx, request.NamespacedName, widget); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !widget.GetDeletionTimestamp().IsZero() {
		return ctrl.Result{}, r.letGo(ctx, widget)
	}
	if controllerutil.AddFinalizer(widget, finalizer) {
		if err := r.client.Update(ctx, widget); err != nil {
			return ctrl.Result{}, err
		}
	}
	size, _, err := unstructured.NestedInt64(widget.Object, "spec", "size")
	if err != nil {
		return ctrl.Result{}, err
	}
	if err := r.keep(ctx, widget, size); err != nil {
		return ctrl.Result{}, err
	}
	return ctrl.Result{}, r.tell(ctx, widget, size)
}

// keep makes the widget's ConfigMap, or puts it right.
func (r *reconciler) keep(ctx context.Context, widget *unstructured.Unstructured, size int64) error {
	kept := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: widget.GetName(), Namespace: widget.GetNamespace()}}
	_, err := controllerutil.CreateOrUpdate(ctx, r.client, kept, func() error {
		kept.Data = map[string]string{"size": strconv.FormatInt(size, 10)}
		return controllerutil.SetControllerReference(widget, kept, r.client.Scheme())
	})
	return err
}

// tell writes what was seen into the widget's status, where it isn't told already.
func (r *reconciler) tell(ctx context.Context, widget *unstructured.Unstructured, size int64) error {
	told, _, _ := unstructured.NestedInt64(widget.Object, "status", "seen")
	if told == size {
		return nil
	}
	before := widget.DeepCopy()
	if err := unstructured.SetNestedField(widget.Object, size, "status", "seen"); err != nil {
		return err
	}
	return r.client.Status().Patch(ctx, widget, client.MergeFrom(before))
}

// letGo deletes the ConfigMap, and then gives the widget free.
func (r *reconciler) letGo(ctx context.Context, widget *unstructured.Unstructured) error {
	kept := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: widget.GetName(), Namespace: widget.GetNamespace()}}
	if err := r.client.Delete(ctx, kept); err != nil && !errors.IsNotFound(err) {
		return err
	}
	if !controllerutil.RemoveFinalizer(widget, finalizer) {
		return nil
	}
	return r.client.Update(ctx, widget)
}
