// Command 01-threadsafemap shows the map beneath every informer: objects by key, and
// indexes that follow each write. It needs no cluster, and its objects are no API objects.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"client-go-workbook/lib/demo"
	"client-go-workbook/lib/store"
)

func main() { demo.Main(run) }

func run(ctx context.Context, out io.Writer) error {
	return demo.OffCluster(ctx, out, func(ctx context.Context, s *demo.Stage) error {
		d := &steps{store.NewThreadSafeStore(store.Indexers{byColour: colours}, nil)}
		s.Title("ThreadSafeMap: objects by key, and indexes that follow each write")
		return s.Play(ctx,
			demo.Step{Verb: "add", Do: d.add},
			demo.Step{Verb: "get", Do: d.get},
			demo.Step{Verb: "ask", Do: d.ask},
			demo.Step{Verb: "update", Do: d.update},
			demo.Step{Verb: "delete", Do: d.delete},
			demo.Step{Verb: "indexers", Do: d.addIndexers},
			demo.Step{Verb: "broken", Do: d.broken},
			demo.Step{Verb: "replace", Do: d.replace},
			demo.Step{Verb: "mutate", Do: d.mutate},
			demo.Step{Verb: "crowd", Do: crowd},
		)
	})
}

// puppet is what is stored: anything, as long as the index functions know it.
type puppet struct {
	name    string
	colours []string
}

const (
	byColour = "byColour"
	byLetter = "byLetter"
)

// colours puts a puppet into the index once for each of its colours.
func colours(obj any) ([]string, error) { return obj.(*puppet).colours, nil }

func letter(obj any) ([]string, error) {
	name := obj.(*puppet).name
	if name == "" {
		return nil, errors.New("the puppet has no name")
	}
	return []string{name[:1]}, nil
}

type steps struct{ store.ThreadSafeStore }

// show prints the items by key, and each index by value.
func (d *steps) show() string {
	keys := d.ListKeys()
	slices.Sort(keys)
	var items []string
	for _, key := range keys {
		obj, _ := d.Get(key)
		items = append(items, fmt.Sprintf("%s%v", key, obj.(*puppet).colours))
	}
	rows := [][]string{{"items", strings.Join(items, " ")}}
	for _, index := range []string{byColour, byLetter} {
		if d.GetIndexers()[index] == nil {
			continue // not yet
		}
		var told []string
		for value := range strings.FieldsSeq(d.values(index)) {
			keys, _ := d.IndexKeys(index, value) // the index exists
			told = append(told, value+"→"+strings.Join(keys, ","))
		}
		rows = append(rows, []string{index, strings.Join(told, " ")})
	}
	return demo.Columns(rows...)
}

func (d *steps) put(name string, colours ...string) { d.Update(name, &puppet{name, colours}) }

func (d *steps) add(context.Context) (string, error) {
	d.Add("ernie", &puppet{"ernie", []string{"orange", "red"}})
	d.Add("bert", &puppet{"bert", []string{"yellow", "orange"}})
	d.Add("oscar", &puppet{"oscar", []string{"green"}})
	return d.show(), nil
}

func (d *steps) get(context.Context) (string, error) {
	_, ernie := d.Get("ernie")
	_, elmo := d.Get("elmo")
	return fmt.Sprintf("ernie is there: %t, elmo: %t", ernie, elmo), nil
}

// values returns what is in an index, sorted.
func (d *steps) values(index string) string {
	values := d.ListIndexFuncValues(index)
	slices.Sort(values)
	return strings.Join(values, " ")
}

// ask has all the questions that an index answers.
func (d *steps) ask(context.Context) (string, error) {
	orange, err := d.ByIndex(byColour, "orange")
	if err != nil {
		return "", err
	}
	keys, err := d.IndexKeys(byColour, "orange")
	if err != nil {
		return "", err
	}
	like, err := d.Index(byColour, &puppet{"rubber duck", []string{"yellow", "red"}})
	if err != nil {
		return "", err
	}
	_, unknown := d.ByIndex("bySize", "big")
	return demo.Columns(
		[]string{"ByIndex", "orange", strings.Join(names(orange), " ")},
		[]string{"IndexKeys", "orange", strings.Join(keys, " ")},
		[]string{"Index", "like a yellow and red duck", strings.Join(names(like), " ")},
		[]string{"ListIndexFuncValues", "", d.values(byColour)},
		[]string{"ByIndex", "of no such index", fmt.Sprint(unknown)},
	), nil
}

func names(puppets []any) []string {
	var all []string
	for _, p := range puppets {
		all = append(all, p.(*puppet).name)
	}
	slices.Sort(all)
	return all
}

func (d *steps) update(context.Context) (string, error) {
	d.put("oscar", "orange")
	return "oscar was orange in the first season; nothing is green now\n" + d.show(), nil
}

func (d *steps) delete(context.Context) (string, error) {
	d.Delete("bert")
	return d.show(), nil
}

// addIndexers adds an index to a store that has objects: it is filled at once.
func (d *steps) addIndexers(context.Context) (string, error) {
	if err := d.AddIndexers(store.Indexers{byLetter: letter}); err != nil {
		return "", err
	}
	return d.show() + "\nagain: " + fmt.Sprint(d.AddIndexers(store.Indexers{byLetter: letter})), nil
}

// broken stores what an index function can't take. A ThreadSafeStore panics then, because
// Add has no error to return; an Indexer returns one.
func (d *steps) broken(context.Context) (told string, _ error) {
	defer func() {
		told = fmt.Sprintf("%v\nnothing has changed: %s", recover(), d.values(byColour))
	}()
	d.Add("nobody", &puppet{"", []string{"grey"}})
	return "", nil
}

func (d *steps) replace(context.Context) (string, error) {
	d.Replace(map[string]any{
		"elmo":   &puppet{"elmo", []string{"red"}},
		"ernie":  &puppet{"ernie", []string{"orange", "red"}},
		"grover": &puppet{"grover", []string{"blue"}},
	}, "")
	return d.show(), nil
}

// mutate does what nobody must: it changes an object that the store returned. The index
// isn't told, and says from now on what isn't so, until somebody writes the object.
func (d *steps) mutate(context.Context) (string, error) {
	rows := [][]string{{"", "ByIndex blue", "ByIndex pink"}}
	look := func(when string) error {
		blue, err1 := d.ByIndex(byColour, "blue")
		pink, err2 := d.ByIndex(byColour, "pink")
		rows = append(rows, []string{when, strings.Join(names(blue), " "), strings.Join(names(pink), " ")})
		return errors.Join(err1, err2)
	}
	obj, _ := d.Get("grover")
	obj.(*puppet).colours[0] = "pink"
	err1 := look("grover is painted pink in place")
	d.put("grover", "pink")
	err2 := look("and then written, as it should be")
	return demo.Columns(rows...), errors.Join(err1, err2)
}

// crowd has eight writers who repaint their puppets while eight readers look whether
// the index ever shows one under a colour that it doesn't have.
func crowd(context.Context) (string, error) {
	const people, rounds = 8, 1000
	s := store.NewThreadSafeStore(store.Indexers{byColour: colours}, nil)
	palette := []string{"red", "green", "blue"}
	var work sync.WaitGroup
	lies := make([]int, people)
	for person := range people {
		work.Go(func() {
			for round := range rounds {
				name := fmt.Sprintf("puppet-%d-%d", person, round%10)
				s.Update(name, &puppet{name, []string{palette[(person+round)%3]}})
			}
		})
		work.Go(func() {
			for round := range rounds {
				found, _ := s.ByIndex(byColour, palette[round%3]) // the index exists
				for _, obj := range found {
					if obj.(*puppet).colours[0] != palette[round%3] {
						lies[person]++
					}
				}
			}
		})
	}
	work.Wait()
	wrong := 0
	for _, n := range lies {
		wrong += n
	}
	return fmt.Sprintf("%d writes and %d reads at the same time: %d items, %d of them seen under a wrong colour",
		people*rounds, people*rounds, len(s.ListKeys()), wrong), nil
}
