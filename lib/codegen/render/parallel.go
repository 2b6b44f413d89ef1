package render

import (
	"errors"
	"runtime"
	"slices"
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
	if err := joinOnce(errs); err != nil {
		return nil, err
	}
	return results, nil
}

// joinOnce joins errors: one that hundreds of files have in a row counts once, such as a missing folder.
func joinOnce(errs []error) error {
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	return errors.Join(slices.CompactFunc(errs, func(a, b error) bool { return a.Error() == b.Error() })...)
}
