// Package gatestore holds the gates: what verification needs to know of an application or an Arx.
// A gate is written in the transaction that changes its parent.
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

// PutApplication writes the gate of the application as part of the transaction that changes it.
func PutApplication(tx *table.Transaction, a applications.Application) {
	tx.Put(EncodeApplication(a))
}

// EncodeApplication returns the gate of the application.
func EncodeApplication(a applications.Application) table.Item {
	item := table.NewItem(table.Gate(a.ID))
	item.SetString(id, a.ID)
	item.SetString(name, a.Name)
	item.SetString(status, string(a.Status))
	item.SetString(technology, string(a.Technology))
	item.SetStrings(origins, a.AllowedOrigins)
	return item
}

// PutArx writes the gate of the Arx as part of the transaction that changes it.
func PutArx(tx *table.Transaction, a arxes.Arx) {
	tx.Put(EncodeArx(a))
}

// EncodeArx returns the gate of the Arx.
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
