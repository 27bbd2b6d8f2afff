package main

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// answer is an origin's response.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func read(r *http.Response) (answer, error) {
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	return answer{r.StatusCode, r.Header, body}, err
}

// kept is an answer in the cache.
type kept struct {
	answer
	until time.Time
}

// cache keeps answers by behavior, method, path and encoding.
type cache struct {
	mu   sync.Mutex
	now  func() time.Time
	kept map[string]kept
}

// get returns the answer of the key: the kept one while it is fresh, or what fetch returns. Fetch receives the ETag of a
// stale answer, and may return 304.
func (c *cache) get(key string, ttl func(answer) time.Duration, fetch func(tag string) (answer, error)) (answer, bool, error) {
	c.mu.Lock()
	old, there := c.kept[key]
	c.mu.Unlock()
	if there && c.now().Before(old.until) {
		return old.answer, true, nil
	}
	tag := ""
	if there {
		tag = old.header.Get("ETag")
	}
	a, err := fetch(tag)
	if err != nil {
		return a, false, err
	}
	if a.status == http.StatusNotModified && tag != "" {
		a = old.answer
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if keep := ttl(a); keep > 0 || a.status == http.StatusOK && a.header.Get("ETag") != "" {
		c.kept[key] = kept{a, c.now().Add(keep)}
	} else {
		delete(c.kept, key)
	}
	return a, false, nil
}

// ttl returns how long CloudFront keeps the answer: as its Cache-Control says, within the policy's limits.
func (p cachePolicy) ttl(a answer) time.Duration {
	seconds := p.Else
	for directive := range strings.SplitSeq(a.header.Get("Cache-Control"), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		switch name {
		case "no-cache", "no-store", "private":
			return time.Duration(p.Min) * time.Second
		case "max-age", "s-maxage":
			seconds, _ = strconv.Atoi(value)
		}
	}
	return time.Duration(max(p.Min, min(seconds, p.Max))) * time.Second
}

// keeps returns how long the distribution keeps the answer. CloudFront keeps errors even where the policy disables caching:
// some whatever they say, others only if they do not forbid it, or if they say for how long.
func (d *distribution) keeps(p cachePolicy, a answer) time.Duration {
	says := func(directives ...string) bool {
		return slices.ContainsFunc(directives, func(d string) bool { return strings.Contains(a.header.Get("Cache-Control"), d) })
	}
	switch a.status {
	case 500, 502, 503, 504:
		return d.errorTTL(a.status)
	case 404, 414, 501:
		if says("no-store", "no-cache", "private") {
			return 0
		}
		return d.errorTTL(a.status)
	case 400, 403, 405:
		if !says("max-age", "s-maxage") {
			return 0
		}
		return d.errorTTL(a.status)
	}
	if a.status >= 400 {
		return 0
	}
	return p.ttl(a)
}

// write sends the answer, or 304 if the client has it already.
func (a answer) write(w http.ResponseWriter, r *http.Request) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	known := r.Header.Get("If-None-Match")
	if tag := a.header.Get("ETag"); a.status == http.StatusOK && tag != "" && strings.TrimPrefix(known, "W/") == strings.TrimPrefix(tag, "W/") {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(a.status)
	if r.Method != http.MethodHead {
		io.Copy(w, bytes.NewReader(a.body))
	}
}
