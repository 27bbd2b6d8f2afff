package e2e

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/arxkeys/arxkeys/infra/template"
)

// asked is what functions asked of the data in this run.
var asked = calls{seen: map[access]bool{}}

// TestMain holds the functions' policies in template.yaml against what the functions asked for while
// the tests ran: no action and no kind of partition is missing and, where all tests ran, none is too
// many. And it holds all that went over HTTP meanwhile against the OpenAPI document.
func TestMain(m *testing.M) {
	flag.Parse()
	slog.SetLogLoggerLevel(slog.LevelWarn) // libraries tell what they register
	code := m.Run()
	for _, line := range broken.all {
		fmt.Println(line)
		code = 1
	}
	if code == 0 {
		all := !testing.Short()
		for _, narrower := range []string{"test.run", "test.skip", "test.list"} {
			all = all && flag.Lookup(narrower).Value.String() == ""
		}
		complaints, err := wrongPolicies(filepath.Join(root, "template.yaml"), asked.all(), all)
		if err != nil {
			complaints = []string{err.Error()}
		}
		for _, c := range complaints {
			fmt.Println(c)
			code = 1
		}
	}
	os.Exit(code)
}

// access is an action on a kind of partitions: dynamodb:GetItem on rec#*. Those of an index say so.
type access struct{ function, action, kind string }

func on(index, kind string) string {
	if index == "" {
		return kind
	}
	return "index/" + index + " " + kind
}

func (a access) String() string { return a.function + ": " + a.action + " " + a.kind }

// rare are accesses that a function needs and no scenario can bring about, with the reason.
var rare = map[access]string{
	{"KeysUpdateFunction", "dynamodb:UpdateItem", "rec#*"}: "the counts change where a key comes back into life that the sweep has counted as expired",
}

// wrongPolicies says where the policies of the template are not what was asked for. What nobody asked
// for is told of only where everything was tried.
func wrongPolicies(file string, asked map[access]bool, all bool) (complaints []string, err error) {
	read, err := template.Read(file, template.Options{Attributes: map[string]string{
		"Table": "arxkeys", "Table.Arn": "arn", "UserPool": "pool", "UserPool.ProviderURL": "https://pool.example", "UserPoolClient": "client",
	}})
	if err != nil {
		return nil, err
	}
	may := map[access]bool{}
	for _, f := range read.Functions {
		for _, s := range f.Policies {
			for _, action := range s.Actions {
				for _, kind := range s.LeadingKeys {
					for _, resource := range s.Resources {
						_, index, _ := strings.Cut(resource, "/index/")
						may[access{f.LogicalID, action, on(index, kind)}] = true
					}
				}
			}
		}
	}
	for a := range asked {
		if !may[a] {
			complaints = append(complaints, fmt.Sprintf("template.yaml: %s is missing: the function asked for it", a))
		}
	}
	for a := range may {
		if all && !asked[a] && rare[a] == "" {
			complaints = append(complaints, fmt.Sprintf("template.yaml: %s is too many, or no scenario needs it: the function never asked for it", a))
		}
	}
	for a := range rare {
		if asked[a] || !may[a] {
			complaints = append(complaints, fmt.Sprintf("%s is not rare: take it from the list", a))
		}
	}
	slices.Sort(complaints)
	return complaints, nil
}

// calls collects accesses.
type calls struct {
	mu   sync.Mutex
	seen map[access]bool
}

func (c *calls) all() map[access]bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.seen)
}

// listen reads the requests to DynamoDB that a connection carries, until it ends. Those of a
// function have its logical id as their session token; others are not noted.
func (c *calls) listen(connection io.Reader) {
	defer io.Copy(io.Discard, connection) // whatever happens, the one who writes goes on
	for r := bufio.NewReader(connection); ; {
		request, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return
		}
		function := request.Header.Get("X-Amz-Security-Token")
		if function == "" {
			continue
		}
		_, action, _ := strings.Cut(request.Header.Get("X-Amz-Target"), ".")
		c.mu.Lock()
		for _, a := range accesses(action, body) {
			c.seen[access{function, "dynamodb:" + a[0], a[1]}] = true
		}
		c.mu.Unlock()
	}
}

// key is the part of an item, or of a key, that says where it lies.
type key struct {
	PK struct{ S string } `json:"pk"`
}

// kind is the pattern that a policy names it by: rec#*.
func (k key) kind() string { return kindOf(k.PK.S) }

func kindOf(partition string) string {
	kind, _, _ := strings.Cut(partition, "#")
	return kind + "#*"
}

// accesses returns the actions of a request, as IAM counts them, each with a kind of partition.
func accesses(action string, body []byte) (all [][2]string) {
	type target struct{ Key, Item key }
	var in struct {
		target
		RequestItems              map[string]struct{ Keys []key }
		TransactItems             []map[string]target
		IndexName                 string
		KeyConditionExpression    string
		ExpressionAttributeNames  map[string]string
		ExpressionAttributeValues map[string]struct{ S string }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return [][2]string{{action, "of a body that can't be read"}}
	}
	switch action {
	case "GetItem", "UpdateItem", "DeleteItem":
		return [][2]string{{action, in.Key.kind()}}
	case "PutItem":
		return [][2]string{{action, in.Item.kind()}}
	case "BatchGetItem":
		for _, of := range in.RequestItems {
			for _, k := range of.Keys {
				all = append(all, [2]string{action, k.kind()})
			}
		}
		return all
	case "TransactWriteItems", "TransactGetItems":
		for _, item := range in.TransactItems {
			for name, on := range item {
				what := map[string]string{"Get": "GetItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}[name]
				if name == "Put" {
					on.Key = on.Item
				}
				all = append(all, [2]string{what, on.Key.kind()})
			}
		}
		return all
	case "Query":
		for _, equality := range equalities.FindAllStringSubmatch(in.KeyConditionExpression, -1) {
			name := equality[1]
			if given, ok := in.ExpressionAttributeNames[name]; ok {
				name = given
			}
			if name == "pk" || in.IndexName != "" {
				return [][2]string{{action, on(in.IndexName, kindOf(in.ExpressionAttributeValues[equality[2]].S))}}
			}
		}
	}
	return [][2]string{{action, "of a partition that is not said"}}
}

var equalities = regexp.MustCompile(`(#?\w+) ?= ?(:\w+)`)

func TestAccessesAreThoseThatIAMCounts(t *testing.T) {
	for _, c := range []struct{ action, body, want string }{
		{"GetItem", `{"TableName": "t", "Key": {"pk": {"S": "rec#a"}, "sk": {"S": "-"}}}`, "[[GetItem rec#*]]"},
		{"PutItem", `{"Item": {"pk": {"S": "evt#a"}}}`, "[[PutItem evt#*]]"},
		{"BatchGetItem", `{"RequestItems": {"t": {"Keys": [{"pk": {"S": "gate#a"}}, {"pk": {"S": "cred#b"}}]}}}`, "[[BatchGetItem gate#*] [BatchGetItem cred#*]]"},
		{"TransactWriteItems", `{"TransactItems": [{"Put": {"Item": {"pk": {"S": "rec#a"}}}}, {"ConditionCheck": {"Key": {"pk": {"S": "gate#a"}}}}, {"Delete": {"Key": {"pk": {"S": "mgk#a"}}}}]}`,
			"[[PutItem rec#*] [ConditionCheckItem gate#*] [DeleteItem mgk#*]]"},
		{"Query", `{"KeyConditionExpression": "#p = :p AND sk BETWEEN :a AND :b", "ExpressionAttributeNames": {"#p": "pk"}, "ExpressionAttributeValues": {":p": {"S": "rec#a"}, ":a": {"S": "x"}}}`, "[[Query rec#*]]"},
		{"Query", `{"IndexName": "jobs", "KeyConditionExpression": "job = :p AND at < :a", "ExpressionAttributeValues": {":p": {"S": "expiry#0"}}}`, "[[Query index/jobs expiry#*]]"},
		{"Scan", `{"TableName": "t"}`, "[[Scan of a partition that is not said]]"},
	} {
		if got := fmt.Sprint(accesses(c.action, []byte(c.body))); got != c.want {
			t.Errorf("%s: %s, want %s", c.action, got, c.want)
		}
	}
}

func TestPolicyThatIsNotWhatWasAskedForIsFound(t *testing.T) {
	file := filepath.Join(root, "template.yaml")
	var few, many access
	few = access{"KeysGetFunction", "dynamodb:PutItem", "rec#*"}
	many = access{"KeysGetFunction", "dynamodb:GetItem", "cred#*"}
	complaints, err := wrongPolicies(file, map[access]bool{few: true}, false)
	if err != nil || len(complaints) != 1 || !strings.Contains(complaints[0], few.String()) {
		t.Errorf("%v: %q", err, complaints)
	}
	complaints, err = wrongPolicies(file, nil, true)
	if err != nil || !slices.ContainsFunc(complaints, func(c string) bool { return strings.Contains(c, many.String()) }) {
		t.Errorf("%v: %q", err, complaints)
	}
}
