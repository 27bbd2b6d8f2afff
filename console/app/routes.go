//go:build js && wasm

package main

import (
	"github.com/maxence-charriere/go-app/v9/pkg/app"

	"github.com/arxkeys/arxkeys/console/pages/access"
	"github.com/arxkeys/arxkeys/console/pages/activity"
	"github.com/arxkeys/arxkeys/console/pages/applications"
	"github.com/arxkeys/arxkeys/console/pages/arxes"
	"github.com/arxkeys/arxkeys/console/pages/keys"
	"github.com/arxkeys/arxkeys/console/pages/overview"
	"github.com/arxkeys/arxkeys/console/session"
)

// route is an address of the console and its page.
type route struct {
	path string // {id} stands for an id
	link string // Href of the navigation link that is current on this page
	page func() app.Composer
}

func routes(s *session.Session) []route {
	return []route{
		{"/", "/", func() app.Composer { return overview.New(s) }},
		{"/keys", "/keys", func() app.Composer { return keys.NewList(s) }},
		{"/keys/new", "/keys", func() app.Composer { return keys.NewWizard(s) }},
		{"/keys/{id}", "/keys", func() app.Composer { return keys.NewDetail(s) }},
		{"/keys/{id}/edit", "/keys", func() app.Composer { return keys.NewEdit(s) }},
		{"/applications", "/applications", func() app.Composer { return applications.NewList(s) }},
		{"/applications/new", "/applications", func() app.Composer { return applications.NewCreate(s) }},
		{"/arxes", "/arxes", func() app.Composer { return arxes.NewList(s) }},
		{"/arxes/new", "/arxes", func() app.Composer { return arxes.NewCreate(s) }},
		{"/applications/{id}", "/applications", func() app.Composer { return applications.NewDetail(s) }},
		{"/applications/{id}/edit", "/applications", func() app.Composer { return applications.NewEdit(s) }},
		{"/arxes/{id}", "/arxes", func() app.Composer { return arxes.NewDetail(s) }},
		{"/arxes/{id}/edit", "/arxes", func() app.Composer { return arxes.NewEdit(s) }},
		{"/activity", "/activity", func() app.Composer { return activity.NewList(s) }},
		{"/access", "/access", func() app.Composer { return access.NewList(s) }},
		{"/access/new", "/access", func() app.Composer { return access.NewCreate(s) }},
	}
}
