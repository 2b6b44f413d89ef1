package render

import (
	"errors"
	"runtime"
	"sync"
)

// parallel calls do for each path, on all processors, and returns all results, in order, or all errors.
func parallel[T any](paths []string, do func(path string) (T, error)) ([]T, error) {
	results, errs := make([]T, len(paths)), make([]error, len(paths))
	next := make(chan int)
	var wg sync.WaitGroup
	for range min(len(paths), runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				results[i], errs[i] = do(paths[i])
			}
		})
	}
	for i := range paths {
		next <- i
	}
	close(next)
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return results, nil
}
