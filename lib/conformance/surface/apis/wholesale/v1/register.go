package v1

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// SchemeGroupVersion and AddToScheme are for the generated schemes, which nobody runs.
var SchemeGroupVersion = schema.GroupVersion{Group: "shop.wholesale.test", Version: "v1"}

func AddToScheme(*runtime.Scheme) error { return nil }

func (o *Shop) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *ShopList) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }
