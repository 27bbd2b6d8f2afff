//go:build js && wasm

package main

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/session"
)

// route is an address of the console.
type route struct {
	path string
	link string // the Href of the link in the navigation that it belongs to
	page func() app.Composer
}

func routes(s *session.Session) []route {
	return []route{}
}
