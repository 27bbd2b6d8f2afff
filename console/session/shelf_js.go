//go:build js

package session

import (
	"context"
	"strings"
	"syscall/js"
	"time"

	"github.com/arxkeys/arxkeys/shared/client"
	"github.com/arxkeys/arxkeys/shared/client/jsvalue"
)

// BrowserShelf stores answers in the browser's CacheStorage, with one cache per box. The service worker
// does not touch these caches.
type BrowserShelf struct{}

// maxKept is the maximum number of answers in a box; the oldest are deleted first.
const maxKept = 200

// Boxes returns the names of all boxes.
func (BrowserShelf) Boxes(context.Context) []string {
	names, err := jsvalue.Await(store("keys"))
	if err != nil {
		return nil
	}
	var boxes []string
	for i := range names.Length() {
		if name := names.Index(i).String(); strings.HasPrefix(name, "kept-") {
			boxes = append(boxes, name)
		}
	}
	return boxes
}

// Put stores the answer, and replaces an earlier one.
func (BrowserShelf) Put(_ context.Context, box, address string, answer client.Response) error {
	cache, err := jsvalue.Await(store("open", box))
	if err != nil {
		return err
	}
	header := map[string]any{}
	for name, value := range answer.Header {
		if value != "" {
			header[name] = value
		}
	}
	response := js.Global().Get("Response").New(jsvalue.Array(answer.Body), map[string]any{"status": answer.Status, "headers": header})
	if _, err := jsvalue.Await(cache.Call("put", address, response)); err != nil {
		return err
	}
	kept, err := jsvalue.Await(cache.Call("keys"))
	if err != nil {
		return err
	}
	for i := range max(0, kept.Length()-maxKept) {
		jsvalue.Await(cache.Call("delete", kept.Index(i)))
	}
	return nil
}

// Prune deletes the answers of a box that were received before then, and the box if it becomes empty.
func (b BrowserShelf) Prune(ctx context.Context, box string, before time.Time) {
	cache, err := jsvalue.Await(store("open", box))
	if err != nil {
		return
	}
	kept, err := jsvalue.Await(cache.Call("keys"))
	if err != nil {
		return
	}
	left := kept.Length()
	for i := range kept.Length() {
		answer, err := jsvalue.Await(cache.Call("match", kept.Index(i)))
		if err != nil || answer.Truthy() && !cameBefore(answer.Get("headers").Call("get", keptAt).String(), before) {
			continue
		}
		jsvalue.Await(cache.Call("delete", kept.Index(i)))
		left--
	}
	if left == 0 {
		b.Remove(ctx, box)
	}
}

// Get returns the kept answer for the address. It does not create a box.
func (BrowserShelf) Get(_ context.Context, box, address string) (client.Response, bool) {
	kept, err := jsvalue.Await(store("match", address, map[string]any{"cacheName": box}))
	if err != nil || !kept.Truthy() {
		return client.Response{}, false
	}
	buffer, err := jsvalue.Await(kept.Call("arrayBuffer"))
	if err != nil {
		return client.Response{}, false
	}
	answer := client.Response{Status: 200, Body: jsvalue.Bytes(buffer), Header: map[string]string{}}
	for _, name := range []string{"content-type", "etag", keptAt} {
		if value := kept.Get("headers").Call("get", name); value.Truthy() {
			answer.Header[name] = value.String()
		}
	}
	return answer, true
}

// Remove deletes the box and its answers.
func (BrowserShelf) Remove(_ context.Context, box string) { jsvalue.Await(store("delete", box)) }

// store calls the browser's CacheStorage, which exists only in secure contexts.
func store(method string, args ...any) (promise js.Value) {
	caches := js.Global().Get("caches")
	if !caches.Truthy() {
		return js.Global().Get("Promise").Call("reject", "no CacheStorage")
	}
	return caches.Call(method, args...)
}
