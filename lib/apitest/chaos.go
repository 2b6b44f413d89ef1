package apitest

import (
	"math/rand/v2"
	"net/http"
	"sync"
)

// Chaos does to each request, with the given probability, something that a client must survive: 429, a 500 of HTML,
// a compaction of the log, a response that is cut somewhere. What it does to the n-th request depends
// on the seed and n alone. It never changes the order of events.
func (s *Server) Chaos(seed uint64, probability float64) Effect {
	var mu sync.Mutex
	random := rand.New(rand.NewPCG(seed, 0))
	draw := func() Effect {
		mu.Lock()
		defer mu.Unlock()
		hit := random.Float64() < probability
		effects := []Effect{TooManyRequests(0), HTML(http.StatusInternalServerError), s.compactFirst, Cut(random.IntN(4), random.IntN(100))}
		if effect := effects[random.IntN(len(effects))]; hit {
			return effect
		}
		return func(w http.ResponseWriter, _ *Request, serve func(http.ResponseWriter)) { serve(w) }
	}
	return func(w http.ResponseWriter, r *Request, serve func(http.ResponseWriter)) { draw()(w, r, serve) }
}

func (s *Server) compactFirst(w http.ResponseWriter, _ *Request, serve func(http.ResponseWriter)) {
	s.Compact()
	serve(w)
}
