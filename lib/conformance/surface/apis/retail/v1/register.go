package v1

import (
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// SchemeGroupVersion and AddToScheme are for the generated schemes, which nobody runs.
var SchemeGroupVersion = schema.GroupVersion{Group: "shop.example.test", Version: "v1"}

func AddToScheme(*runtime.Scheme) error { return nil }

func (o *Shop) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *ShopList) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Sale) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *SaleList) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Price) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *PriceList) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Ledger) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *LedgerList) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Till) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Receipt) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Question) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Box) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Dish) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Watch) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Story) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Key) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Shelf) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Bus) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Quiz) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *HTTPProxy) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *IPAddress) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *PodIP) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }

func (o *Matrix) DeepCopyObject() runtime.Object { shallow := *o; return &shallow }
