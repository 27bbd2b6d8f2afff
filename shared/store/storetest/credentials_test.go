package storetest_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// readUnitBytes is how much DynamoDB reads for one read capacity unit.
const readUnitBytes = 4096

// sizeBytes returns the size of an item as DynamoDB counts it (developer guide, "Item sizes and formats"):
// names and values, 3 bytes for a list, and 1 for each value in it.
func sizeBytes(item table.Item) (n int) {
	for attribute, value := range item {
		n += len(attribute) + valueBytes(value)
	}
	return n
}

func valueBytes(value types.AttributeValue) int {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return len(v.Value)
	case *types.AttributeValueMemberN:
		return len(v.Value)/2 + 2
	case *types.AttributeValueMemberB:
		return len(v.Value)
	case *types.AttributeValueMemberL:
		n := 3
		for _, e := range v.Value {
			n += 1 + valueBytes(e)
		}
		return n
	default:
		return 1 << 20 // of which there is none
	}
}

func TestLargestCredentialIsOneReadUnit(t *testing.T) {
	h := open(t)
	by := owner(strings.Repeat("t", 63))
	by.ID, by.Name = strings.Repeat("s", 255), strings.Repeat("n", 254)
	app, arx := h.application(by, "Billing"), h.arx(by, "EU")
	expires := h.clock.now().Add(24 * time.Hour)
	req := api.CreateKeyRequest{
		ApplicationID: app.ID, ArxID: arx.ID, Name: strings.Repeat("é", api.MaxNameRunes), ExpiresAt: &expires,
		RateLimit: &api.RateLimit{Limit: 500, WindowSeconds: 1}, RemainingUses: new(1_000_000_000),
	}
	for i := range 50 {
		req.AllowedIPs = append(req.AllowedIPs, fmt.Sprintf("2001:db8:0:%x::/64", 0x1000+i))
	}
	left := api.MaxCredentialBytes - len(req.Name)
	for _, block := range req.AllowedIPs {
		left -= len(block) + 1
	}
	for len(req.Scopes) < 15 {
		req.Scopes = append(req.Scopes, fmt.Sprintf("%s:%02d", strings.Repeat("x", 30), len(req.Scopes)))
		left -= 34
	}
	req.Metadata = json.RawMessage(`{"x":"` + strings.Repeat("y", left-8) + `"}`)
	if err := req.Validate(); err != nil {
		t.Fatal(err)
	}
	k, _ := h.key(by, app, arx, req)
	if _, err := h.rotate(by, k.ID, time.Hour, "", requeststore.Request{}); err != nil {
		t.Fatal(err)
	}
	for _, item := range h.engine.Items(t) {
		if item.Key() == table.Credential(k.ID) {
			if n := sizeBytes(item); n > readUnitBytes || n < readUnitBytes*3/4 {
				t.Errorf("%d bytes", n)
			}
			return
		}
	}
	t.Error("no credential found")
}
