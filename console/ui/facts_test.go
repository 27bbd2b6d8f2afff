package ui

import (
	"strings"
	"testing"

	"github.com/maxence-charriere/go-app/v9/pkg/app"
)

func TestAddressBreaksAfterADotOrASlash(t *testing.T) {
	got := strings.Join(strings.Fields(app.HTMLString(AddressFact("Endpoint", "https://rates.example/v1", "None").Value[0])), "")
	const want = "<code>https://<wbr></wbr>rates.<wbr></wbr>example/<wbr></wbr>v1</code>"
	if got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
