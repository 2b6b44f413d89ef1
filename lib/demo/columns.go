package demo

import "strings"

// Columns lays rows out as lines, each column as wide as its widest cell and two
// blanks. Rows may differ in length; the last cell of a row widens no column, so that
// a sentence may stand there. No line ends in blanks.
func Columns(rows ...[]string) string {
	var widths []int
	for _, row := range rows {
		for i := 0; i < len(row)-1; i++ {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], width(row[i]))
		}
	}
	lines := make([]string, len(rows))
	for i, row := range rows {
		var line strings.Builder
		for j, cell := range row {
			line.WriteString(cell)
			if j < len(row)-1 {
				line.WriteString(strings.Repeat(" ", widths[j]-width(cell)+2))
			}
		}
		lines[i] = strings.TrimRight(line.String(), " ")
	}
	return strings.Join(lines, "\n")
}
