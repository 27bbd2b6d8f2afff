// Package gatestore stores gates: what verification needs to know of an application or an Arx. A gate is
// written in the transaction that changes its parent.
package gatestore

import (
	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/applications"
	"github.com/arxkeys/arxkeys/shared/arxes"
	"github.com/arxkeys/arxkeys/shared/keys"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

const (
	id         = "id"
	name       = "name"
	status     = "status"
	technology = "technology"
	origins    = "origins"
	purpose    = "purpose"
	endpoint   = "endpoint"
	regions    = "regions"
	encryption = "encryption"
)

// PutApplication adds the application's gate to the transaction that changes the application.
func PutApplication(tx *table.Transaction, a applications.Application) {
	tx.Put(EncodeApplication(a))
}

// EncodeApplication returns the item of the application's gate.
func EncodeApplication(a applications.Application) table.Item {
	item := table.NewItem(table.Gate(a.ID))
	item.SetString(id, a.ID)
	item.SetString(name, a.Name)
	item.SetString(status, string(a.Status))
	item.SetString(technology, string(a.Technology))
	item.SetStrings(origins, a.AllowedOrigins)
	return item
}

// PutArx adds the Arx's gate to the transaction that changes the Arx.
func PutArx(tx *table.Transaction, a arxes.Arx) {
	tx.Put(EncodeArx(a))
}

// EncodeArx returns the item of the Arx's gate.
func EncodeArx(a arxes.Arx) table.Item {
	item := table.NewItem(table.Gate(a.ID))
	item.SetString(id, a.ID)
	item.SetString(name, a.Name)
	item.SetString(status, string(a.Status))
	item.SetString(purpose, string(a.Purpose))
	item.SetString(endpoint, a.Endpoint)
	item.SetStrings(regions, a.Regions)
	item.SetString(encryption, string(a.Encryption))
	return item
}

func decodeApplication(item table.Item) *keys.ApplicationGate {
	return &keys.ApplicationGate{
		ID: item.String(id), Name: item.String(name), Status: api.ApplicationStatus(item.String(status)),
		Technology: api.Technology(item.String(technology)), AllowedOrigins: item.Strings(origins),
	}
}

func decodeArx(item table.Item) *keys.ArxGate {
	return &keys.ArxGate{
		ID: item.String(id), Name: item.String(name), Status: api.ArxStatus(item.String(status)),
		Purpose: api.Purpose(item.String(purpose)), Endpoint: item.String(endpoint),
		Regions: item.Strings(regions), Encryption: api.Encryption(item.String(encryption)),
	}
}
