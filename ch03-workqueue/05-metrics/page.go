package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"client-go-workbook/lib/demo"
)

// page is what Prometheus reads: a line for each number, "workqueue_depth{name="pods"} 3".
type page struct {
	url    string
	client *http.Client
}

// get returns the lines that are about queues.
func (p *page) get(ctx context.Context) ([]string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url, nil)
	if err != nil {
		return nil, err
	}
	resp, err := p.client.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("read %s: %s", p.url, resp.Status)
	}
	var lines []string
	scanner := bufio.NewScanner(resp.Body)
	for scanner.Scan() {
		if strings.HasPrefix(scanner.Text(), "workqueue_") {
			lines = append(lines, scanner.Text())
		}
	}
	return lines, scanner.Err()
}

// lines shows the page as it is, but for the histograms' buckets.
func (p *page) lines(ctx context.Context) (string, error) {
	lines, err := p.get(ctx)
	lines = slices.DeleteFunc(lines, func(line string) bool { return strings.Contains(line, "_bucket{") })
	return strings.Join(lines, "\n"), err
}

// values returns the numbers by name, without what all names have in common.
func (p *page) values(ctx context.Context) (map[string]float64, error) {
	lines, err := p.get(ctx)
	if err != nil {
		return nil, err
	}
	values := map[string]float64{}
	for _, line := range lines {
		name, number, _ := strings.Cut(strings.TrimPrefix(line, "workqueue_"), " ")
		value, err := strconv.ParseFloat(number, 64)
		if err != nil {
			return nil, fmt.Errorf("read %q: %w", line, err)
		}
		values[strings.Replace(name, `{name="pods"}`, "", 1)] = value
	}
	return values, nil
}

// histogram draws the buckets that are not empty, a bar each. On the page a bucket counts also
// what is in those before it.
func (p *page) histogram(ctx context.Context, name string) (string, error) {
	lines, err := p.get(ctx)
	if err != nil {
		return "", err
	}
	var rows [][]string
	before := 0
	for _, line := range lines {
		_, bucket, ok := strings.Cut(line, "workqueue_"+name+`_bucket{name="pods",le="`)
		if !ok {
			continue
		}
		var limit float64
		var count int
		if _, err := fmt.Sscanf(bucket, `%g"} %d`, &limit, &count); err != nil {
			return "", fmt.Errorf("read %q: %w", line, err)
		}
		if n := count - before; n > 0 {
			rows = append(rows, []string{upTo(limit), fmt.Sprintf("%s %d", demo.Again.Paint(strings.Repeat("█", (n+1)/2)), n)})
		}
		before = count
	}
	return demo.Columns(rows...), nil
}

// upTo tells the limit of a bucket, which is in seconds.
func upTo(limit float64) string {
	if math.IsInf(limit, 1) {
		return "more"
	}
	return "≤ " + time.Duration(math.Round(limit*1e9)).String()
}

// table has a line for each metric, and a column for each time that somebody looked.
type table struct {
	page   *page
	rows   [][]string
	before map[string]float64 // when somebody looked last
	err    error
}

func newTable(page *page, metrics ...string) *table {
	t := &table{page: page, rows: [][]string{{""}}}
	for _, metric := range metrics {
		t.rows = append(t.rows, []string{metric})
	}
	return t
}

// look reads the page once more.
func (t *table) look(ctx context.Context, when string) {
	values, err := t.page.values(ctx)
	t.err = errors.Join(t.err, err)
	t.rows[0] = append(t.rows[0], when)
	for i, row := range t.rows[1:] {
		cell := strconv.FormatFloat(values[row[0]], 'g', 3, 64)
		if t.before != nil && t.before[row[0]] != values[row[0]] {
			cell = demo.Changed.Paint(cell)
		}
		t.rows[i+1] = append(row, cell)
	}
	t.before = values
}

func (t *table) told() (string, error) { return demo.Columns(t.rows...), t.err }
