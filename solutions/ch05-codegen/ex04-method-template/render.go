package methodtemplate

import (
	"bytes"
	"fmt"
	"go/format"
	"strconv"
	"text/template"
)

// Render returns the method as Go source, formatted.
func Render(m Method) (string, error) {
	parsed, err := template.New("method").Funcs(template.FuncMap{"quote": strconv.Quote}).Parse(Template())
	if err != nil {
		return "", err
	}
	var source bytes.Buffer
	if err := parsed.Execute(&source, m); err != nil {
		return "", err
	}
	formatted, err := format.Source(bytes.TrimSpace(source.Bytes()))
	if err != nil {
		return "", fmt.Errorf("the template made no Go: %w, in\n%s", err, bytes.TrimSpace(source.Bytes()))
	}
	return string(formatted), nil
}
