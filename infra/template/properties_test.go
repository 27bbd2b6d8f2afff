package template

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const policies = `
Parameters:
  Url: {Type: String, Default: 'https://id.example:8443/oauth2/token'}
Conditions:
  Never: !Equals [a, b]
Resources:
  Policy:
    Type: AWS::Some::Policy
    Properties:
      Scheme: !Select [0, !Split [/, !Ref Url]]
      Host: !Select [2, !Split [/, !Sub '${Url}//']]
      Other: !GetAtt Distribution.DomainName
      Left: !Ref AWS::NoValue
  Out: {Type: AWS::Some::Policy, Condition: Never}
  Beyond: {Type: AWS::Some::Policy, Properties: {Host: !Select [9, !Split [/, !Ref Url]]}}
`

type policyProperties struct {
	Scheme string `yaml:"Scheme"`
	Host   string `yaml:"Host"`
	Other  string `yaml:"Other"`
	Left   string `yaml:"Left"`
}

func propertiesOf(t *testing.T, logicalID string, parameters map[string]string) (got policyProperties, err error) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "template.yaml")
	if err := os.WriteFile(file, []byte(policies), 0o600); err != nil {
		t.Fatal(err)
	}
	err = Properties(file, Options{Parameters: parameters, Attributes: map[string]string{"Distribution.DomainName": "d1.example"}}, logicalID, &got)
	return got, err
}

func TestPropertiesOfAResource(t *testing.T) {
	for url, want := range map[string]policyProperties{
		"https://id.example:8443/oauth2/token": {"https:", "id.example:8443", "d1.example", ""},
		"":                                     {"", "", "d1.example", ""},
	} {
		got, err := propertiesOf(t, "Policy", map[string]string{"Url": url})
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", url, err, diff)
		}
	}
}

func TestPropertiesThatDoNotExistAreReported(t *testing.T) {
	for id, want := range map[string]string{
		"Nothing": "there is no resource Nothing", "Out": "its condition Never does not hold", "Beyond": "there is no element 9",
	} {
		if _, err := propertiesOf(t, id, nil); err == nil || !strings.HasPrefix(err.Error(), "template.yaml:") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", id, err)
		}
	}
}
