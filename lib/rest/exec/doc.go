// Package exec gets credentials from a program.
package exec
