package demo

import "context"

// Meanwhile runs fn beside the steps of a demo. The function that it returns ends fn's
// context, and waits until fn has returned:
//
//	defer demo.Meanwhile(ctx, informer.RunWithContext)()
func Meanwhile(ctx context.Context, fn func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		fn(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}
