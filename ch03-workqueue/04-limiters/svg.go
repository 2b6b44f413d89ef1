package main

import (
	"bytes"
	_ "embed"
	"strconv"
	"text/template"
)

//go:embed limiters.svg.tmpl
var source string

var picture = template.Must(template.New("limiters.svg").Parse(source))

// In pixels. What the template draws, it draws in these places.
const (
	panelWidth, panelHeight = 364, 150
	left, above             = 64, 134 // of the first panel
	besides, between        = 64, 104 // a panel and the next
	barWidth                = 18
)

// panel is a limiter's part of the picture. Parts are what it is the maximum of.
type panel struct {
	line
	X, Y        int
	Bars, Parts []bar
}

func (p panel) Name() string    { return p.name }
func (p panel) Setting() string { return p.setting }
func (p panel) Colour() string  { return p.colour }

// bar is one failure. X and Y are its upper left corner, seen from that of the panel.
type bar struct {
	X, Y, Height int
	Middle       int
	Label        string // in seconds
	Colour       string
}

// phase is where the failures of one item in a row are.
type phase struct {
	X, Width, Middle int
	Label            string
}

// svg draws the limiters, two in a row.
func svg(all []line) ([]byte, error) {
	var panels []panel
	for i, l := range all {
		panels = append(panels, panel{
			line: l,
			X:    left + i%2*(panelWidth+besides),
			Y:    above + i/2*(panelHeight+between),
			Bars: barsOf(l),
		})
	}
	exponential, bucket, maxOf := all[0], all[2], &panels[3]
	maxOf.Parts = append(barsOf(exponential), barsOf(bucket)...)

	var out bytes.Buffer
	err := picture.Execute(&out, map[string]any{
		"Panels": panels, "Phases": phases(), "Width": panelWidth, "Height": panelHeight, "Half": panelHeight / 2, "BarWidth": barWidth,
	})
	return out.Bytes(), err
}

// barsOf spreads a limiter's bars over the width of a panel.
func barsOf(l line) []bar {
	var bars []bar
	step := panelWidth / len(l.waits)
	for i, wait := range l.waits {
		height := int(wait * panelHeight / top)
		bars = append(bars, bar{
			X: i*step + (step-barWidth)/2, Middle: i*step + step/2, Y: panelHeight - height, Height: height,
			Label:  strconv.FormatFloat(wait.Seconds(), 'g', -1, 64),
			Colour: l.colour,
		})
	}
	return bars
}

func phases() []phase {
	failures := 0
	for _, f := range story {
		failures += f.times
	}
	var all []phase
	x := 0
	for _, f := range story {
		width := f.times * panelWidth / failures
		all = append(all, phase{X: x, Width: width, Middle: x + width/2, Label: f.told})
		x += width
	}
	return all
}
