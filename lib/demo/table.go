package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"client-go-workbook/lib/rest"
)

// asTable is the Accept header of kubectl get: the columns are the server's work.
const asTable = "application/json;as=Table;v=v1;g=meta.k8s.io"

// Table sends a request for objects as kubectl get does, and lays out what kubectl would
// print. Columns names those to show, as the server calls them ("Last Seen"); without any
// it shows those that kubectl shows without -o wide.
func Table(ctx context.Context, get *rest.Request, columns ...string) (string, error) {
	body, err := get.SetHeader("Accept", asTable).Do(ctx).Raw()
	if err != nil {
		return "", err
	}
	var table metav1.Table
	if err := json.Unmarshal(body, &table); err != nil {
		return "", fmt.Errorf("decode the server's table: %w", err)
	}
	shown, err := shownColumns(table.ColumnDefinitions, columns)
	if err != nil {
		return "", err
	}
	if len(table.Rows) == 0 {
		return "No resources found", nil
	}
	for _, row := range table.Rows {
		if len(row.Cells) != len(table.ColumnDefinitions) {
			return "", fmt.Errorf("the server's table has %d columns, and a row with %d cells", len(table.ColumnDefinitions), len(row.Cells))
		}
	}
	rows := make([][]string, 1+len(table.Rows))
	for _, column := range shown {
		rows[0] = append(rows[0], strings.ToUpper(table.ColumnDefinitions[column].Name))
		for i, row := range table.Rows {
			cell := fmt.Sprint(row.Cells[column])
			if cell == "Warning" {
				cell = Changed.Paint(cell)
			}
			rows[1+i] = append(rows[1+i], cell)
		}
	}
	return Columns(rows...), nil
}

// shownColumns are the indexes of the named columns, or of those with priority 0.
func shownColumns(defined []metav1.TableColumnDefinition, names []string) ([]int, error) {
	var shown []int
	at := map[string]int{}
	for i, column := range defined {
		at[column.Name] = i
		if len(names) == 0 && column.Priority == 0 {
			shown = append(shown, i)
		}
	}
	for _, name := range names {
		i, ok := at[name]
		if !ok {
			return nil, fmt.Errorf("the server's table has no column %q", name)
		}
		shown = append(shown, i)
	}
	return shown, nil
}
