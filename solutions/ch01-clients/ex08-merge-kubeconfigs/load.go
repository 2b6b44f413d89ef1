// Package mergekubeconfigs makes one config of several kubeconfigs.
//
//	KUBECONFIG=mine/config:theirs/config
//	              │             └─ contexts dev, prod   users admin     current-context prod
//	              └─ contexts dev                       users admin     current-context dev
//	merged           dev: mine, prod: theirs            admin: mine     dev
package mergekubeconfigs

import (
	"cmp"
	"errors"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"

	"client-go-workbook/lib/clientcmd"
	"client-go-workbook/lib/clientcmd/api"
)

// Load reads the files of list, which is written as in KUBECONFIG, and merges them. For the current context, and for each
// cluster, user, context and extension as a whole, the first file that has it wins. Relative paths become absolute: they
// are relative to the folder of the file that they stand in.
//
// A file that doesn't exist is left out. If others can't be read, the error names them all, and the config holds the rest.
func Load(list string) (*api.Config, error) {
	// BEGIN SOLUTION: Load each file of list, and merge what they have into one api.NewConfig().
	// Resolve the paths, too. Preferences are read by nothing, so leave them out.

	merged := api.NewConfig()
	var errs []error
	for _, file := range slices.Backward(filepath.SplitList(list)) { // what comes later wins, so the first file comes last
		config, err := clientcmd.LoadFromFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		maps.Copy(merged.Clusters, config.Clusters)
		maps.Copy(merged.AuthInfos, config.AuthInfos)
		maps.Copy(merged.Contexts, config.Contexts)
		maps.Copy(merged.Extensions, config.Extensions)
		merged.CurrentContext = cmp.Or(config.CurrentContext, merged.CurrentContext)
	}
	errs = append(errs, clientcmd.ResolveLocalPaths(merged))
	return merged, errors.Join(errs...)
	// END SOLUTION
}
