package main

import (
	"bytes"
	"crypto/rand"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cloudformationtypes "github.com/aws/aws-sdk-go-v2/service/cloudformation/types"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/audit"
	"github.com/arxkeys/arxkeys/shared/auth"
	"github.com/arxkeys/arxkeys/shared/managementkeys"
	"github.com/arxkeys/arxkeys/shared/store/auditstore"
	"github.com/arxkeys/arxkeys/shared/store/managementkeystore"
	"github.com/arxkeys/arxkeys/shared/store/requeststore"
	"github.com/arxkeys/arxkeys/shared/store/storetest"
	"github.com/arxkeys/arxkeys/shared/store/table"
)

// office is a deployed stack with a user pool in moto, and its table in a real engine.
type office struct {
	t     *testing.T
	aws   *clients
	stack string
	pool  string
	db    *table.Table
	in    io.Reader
}

// newOffice makes a stack with these parameters. With an OidcIssuer it has no user pool.
func newOffice(t *testing.T, parameters map[string]string) *office {
	t.Helper()
	engine := storetest.Open(t)
	of := engine.Client.Options()
	credentials, err := of.Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": moto, "AWS_ENDPOINT_URL_DYNAMODB": aws.ToString(of.BaseEndpoint), "AWS_REGION": of.Region,
		"AWS_ACCESS_KEY_ID": credentials.AccessKeyID, "AWS_SECRET_ACCESS_KEY": credentials.SecretAccessKey,
	} {
		t.Setenv(name, value)
	}
	o := &office{t: t, stack: "people-" + strings.ToLower(rand.Text()), db: engine.Table(), in: strings.NewReader("")}
	if o.aws, err = connect(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	outputs := `"TableName": {"Value": "` + engine.Name + `"}`
	if parameters["OidcIssuer"] == "" {
		o.newPool()
		outputs += `, "UserPoolId": {"Value": "` + o.pool + `"}`
	}
	var values []cloudformationtypes.Parameter
	for name, value := range parameters {
		values = append(values, cloudformationtypes.Parameter{ParameterKey: &name, ParameterValue: &value})
	}
	body := `{"Parameters": {"TenantClaim": {"Type": "String", "Default": ""}, "OidcIssuer": {"Type": "String", "Default": ""}},
		"Resources": {"Bucket": {"Type": "AWS::S3::Bucket"}}, "Outputs": {` + outputs + `}}`
	if _, err := o.aws.stacks.CreateStack(t.Context(), &cloudformation.CreateStackInput{StackName: &o.stack, TemplateBody: &body, Parameters: values}); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *office) newPool() {
	o.t.Helper()
	created, err := o.aws.people.CreateUserPool(o.t.Context(), &cognitoidentityprovider.CreateUserPoolInput{
		PoolName: &o.stack, UsernameAttributes: []types.UsernameAttributeType{types.UsernameAttributeTypeEmail},
		Schema: []types.SchemaAttributeType{{Name: aws.String("tenant"), AttributeDataType: types.AttributeDataTypeString, Mutable: aws.Bool(true)}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.pool = aws.ToString(created.UserPool.Id)
	for _, group := range append(roles, "staff") {
		if _, err := o.aws.people.CreateGroup(o.t.Context(), &cognitoidentityprovider.CreateGroupInput{UserPoolId: &o.pool, GroupName: &group}); err != nil {
			o.t.Fatal(err)
		}
	}
}

// run runs a command with these variables, and returns what it prints.
func (o *office) run(command string, values ...string) (string, error) {
	o.t.Helper()
	env := map[string]string{"STACK": o.stack}
	for _, v := range values {
		name, value, _ := strings.Cut(v, "=")
		env[name] = value
	}
	var out bytes.Buffer
	err := run(o.t.Context(), []string{command}, settled(env), o.in, &out)
	return out.String(), err
}

// allow runs a command and requires that it prints the words.
func (o *office) allow(words, command string, values ...string) string {
	o.t.Helper()
	out, err := o.run(command, values...)
	if err != nil || !strings.Contains(out, words) {
		o.t.Errorf("%s %v: %v, %q, want %q", command, values, err, out, words)
	}
	return out
}

// deny runs a command and requires that it fails with the words, and changes nothing.
func (o *office) deny(words, command string, values ...string) {
	o.t.Helper()
	before := o.people()
	out, err := o.run(command, values...)
	if err == nil || !strings.Contains(err.Error(), words) {
		o.t.Errorf("%s %v: %v, %q, want %q", command, values, err, out, words)
	}
	if after := o.people(); !maps.Equal(before, after) {
		o.t.Errorf("%s %v: people were %v, are %v", command, values, before, after)
	}
}

// people returns the people of the pool: whether they are enabled, their tenant and their groups.
func (o *office) people() map[string]string {
	o.t.Helper()
	all := map[string]string{}
	if o.pool == "" {
		return all
	}
	users, err := o.aws.people.ListUsers(o.t.Context(), &cognitoidentityprovider.ListUsersInput{UserPoolId: &o.pool})
	if err != nil {
		o.t.Fatal(err)
	}
	for _, u := range users.Users {
		is := map[string]string{}
		for _, a := range u.Attributes {
			is[aws.ToString(a.Name)] = aws.ToString(a.Value)
		}
		groups, exists, err := o.aws.groups(o.t.Context(), o.pool, is["email"])
		if err != nil || !exists || is["email_verified"] != "true" {
			o.t.Fatalf("%v: %t, %v", is, exists, err)
		}
		words := []string{"disabled", is[tenantAttribute]}
		if u.Enabled {
			words[0] = "enabled"
		}
		all[is["email"]] = strings.Join(append(words, slices.Sorted(maps.Keys(groups))...), " ")
	}
	return all
}

func (o *office) are(want map[string]string) {
	o.t.Helper()
	if got := o.people(); !maps.Equal(got, want) {
		o.t.Errorf("people are %v, want %v", got, want)
	}
}

// subject returns the person's subject.
func (o *office) subject(email string) string {
	o.t.Helper()
	is, err := o.aws.findPerson(o.t.Context(), o.pool, email)
	if err != nil || is == nil || is.subject == "" {
		o.t.Fatalf("%+v, %v", is, err)
	}
	return is.subject
}

// mint makes a management key, as the API does.
func (o *office) mint(by auth.Principal, name string) managementkeys.ManagementKey {
	o.t.Helper()
	now := time.Now()
	m, secret, err := managementkeys.New(by, api.CreateManagementKeyRequest{Name: name, Role: api.Developer}, 0, now, rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	e, err := audit.New(by, api.CreateManagementKey.Name, m.Resource(), m.Created(), "", now, rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	if err := managementkeystore.New(o.db).Create(o.t.Context(), m, secret.Digest(), e, requeststore.Request{}); err != nil {
		o.t.Fatal(err)
	}
	return m
}

// with is the principal of a management key.
func with(m managementkeys.ManagementKey) auth.Principal {
	return auth.Principal{Kind: api.ManagementKey, ID: m.ID, Name: m.Name, Tenant: m.Tenant, Role: api.Owner, ExpiresAt: m.ExpiresAt}
}

// keys returns the names of the tenant's management keys.
func (o *office) keys(tenant string) (names []string) {
	o.t.Helper()
	all, _, _, err := managementkeystore.New(o.db).List(o.t.Context(), tenant, api.ListManagementKeysRequest{Page: api.Page{Limit: 100}}, time.Now())
	if err != nil {
		o.t.Fatal(err)
	}
	for _, m := range all {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names
}

func TestWrongPersonIsRefused(t *testing.T) {
	o := newOffice(t, nil)
	for _, c := range []struct{ email, role, tenant, want string }{
		{"", "admin", "", "EMAIL is"}, {"ann", "admin", "", "EMAIL is"}, {"Ann <ann@example.com>", "admin", "", "EMAIL is"}, {" ann@example.com", "admin", "", "EMAIL is"},
		{"ann@example.com", "", "", "ROLE is"}, {"ann@example.com", "Owner", "", "ROLE is"}, {"ann@example.com", "staff", "", "ROLE is"},
		{"ann@example.com", "admin", "example", "one tenant only"},
	} {
		o.deny(c.want, "person", "EMAIL="+c.email, "ROLE="+c.role, "TENANT="+c.tenant)
	}
	o.deny("EMAIL is", "person-remove")
	o.deny("has no person", "person-remove", "EMAIL=ann@example.com")

	several := newOffice(t, map[string]string{"TenantClaim": "tenant"})
	several.deny("TENANT is", "person", "EMAIL=ann@example.com", "ROLE=admin")
	several.deny("TENANT is", "person", "EMAIL=ann@example.com", "ROLE=admin", "TENANT=An Example")

	elsewhere := newOffice(t, map[string]string{"OidcIssuer": "https://id.example"})
	elsewhere.deny("https://id.example", "person", "EMAIL=ann@example.com", "ROLE=admin")
	elsewhere.deny("https://id.example", "person-remove", "EMAIL=ann@example.com")
}

func TestPersonIsInvitedAndChanged(t *testing.T) {
	o := newOffice(t, nil)
	o.allow("invitation to ann@example.com", "person", "EMAIL=Ann@Example.com", "ROLE=developer")
	o.are(map[string]string{"ann@example.com": "enabled  developer"})
	out := o.allow("is a developer already", "person", "EMAIL=ann@example.com", "ROLE=developer")
	if strings.Contains(out, "sent") || !strings.Contains(out, "RESEND=1") {
		t.Errorf("a repetition: %s", out)
	}
	o.allow("new invitation", "person", "EMAIL=ann@example.com", "ROLE=developer", "RESEND=1")
	if err := o.aws.join(t.Context(), o.pool, "ann@example.com", "staff"); err != nil {
		t.Fatal(err)
	}
	o.allow("is an owner\ntheir access tokens have the former role", "person", "EMAIL=ann@example.com", "ROLE=owner")
	o.are(map[string]string{"ann@example.com": "enabled  owner staff"})
	o.allow("is a verifier", "person", "EMAIL=ann@example.com", "ROLE=verifier")
	o.are(map[string]string{"ann@example.com": "enabled  staff verifier"})

	// A run that was interrupted between two steps.
	if err := o.aws.invite(t.Context(), o.pool, "bob@example.com", ""); err != nil {
		t.Fatal(err)
	}
	o.allow("bob@example.com is an admin", "person", "EMAIL=bob@example.com", "ROLE=admin")
	if err := o.aws.join(t.Context(), o.pool, "bob@example.com", "owner"); err != nil {
		t.Fatal(err)
	}
	o.allow("bob@example.com is an owner", "person", "EMAIL=bob@example.com", "ROLE=owner")
	o.are(map[string]string{"ann@example.com": "enabled  staff verifier", "bob@example.com": "enabled  owner"})
}

func TestPersonHasOneTenant(t *testing.T) {
	o := newOffice(t, map[string]string{"TenantClaim": "tenant"})
	o.allow("is an owner", "person", "EMAIL=ann@example.com", "ROLE=owner", "TENANT=example")
	o.are(map[string]string{"ann@example.com": "enabled example owner"})
	o.deny("belongs to the tenant example", "person", "EMAIL=ann@example.com", "ROLE=owner", "TENANT=other")
	o.allow("can't sign in", "person-remove", "EMAIL=ann@example.com")
	o.are(map[string]string{"ann@example.com": "disabled example"})
	o.allow("may sign in again", "person", "EMAIL=ann@example.com", "ROLE=admin", "TENANT=other")
	o.are(map[string]string{"ann@example.com": "enabled other admin"})
}

// A table that cannot be used, such as one that is being restored, does not keep a person from being removed.
func TestRemovalDoesNotNeedTheTable(t *testing.T) {
	o := newOffice(t, nil)
	o.allow("is an owner", "person", "EMAIL=ann@example.com", "ROLE=owner")
	o.mint(auth.Principal{Kind: api.Person, ID: o.subject("ann@example.com"), Name: "ann@example.com", Tenant: defaultTenant, Role: api.Owner}, "ann's")
	found, err := o.aws.find(t.Context(), o.stack)
	if err != nil {
		t.Fatal(err)
	}
	name := found.outputs["TableName"]
	was := table.Stamp{Format: table.Format(), Table: name}
	if err := table.Restamp(t.Context(), o.aws.tables, name, was, table.Stamp{Format: was.Format, Table: "another"}); err != nil {
		t.Fatal(err)
	}
	o.deny("MANAGEMENT_KEYS=keep removes ann@example.com all the same", "person-remove", "EMAIL=ann@example.com", "MANAGEMENT_KEYS=delete")
	o.allow("the management keys cannot be read", "person-remove", "EMAIL=ann@example.com", "MANAGEMENT_KEYS=keep")
	o.are(map[string]string{"ann@example.com": "disabled "})
}

func TestRemovalAsksWhatHappensToManagementKeys(t *testing.T) {
	o := newOffice(t, nil)
	for _, email := range []string{"ann@example.com", "bob@example.com"} {
		o.allow("is an owner", "person", "EMAIL="+email, "ROLE=owner")
	}
	ann := auth.Principal{Kind: api.Person, ID: o.subject("ann@example.com"), Name: "ann@example.com", Tenant: defaultTenant, Role: api.Owner}
	bob := auth.Principal{Kind: api.Person, ID: o.subject("bob@example.com"), Name: "ann@example.com", Tenant: defaultTenant, Role: api.Owner}
	elsewhere := ann
	elsewhere.Tenant = "other"
	o.mint(bob, "bob's")
	o.mint(elsewhere, "another tenant's")
	first := o.mint(ann, "ann's")
	second := o.mint(with(first), "made with ann's")
	o.mint(with(second), "made with the key that ann's made")
	gone := o.mint(ann, "deleted")
	o.mint(with(gone), "made with a deleted key")
	if _, err := managementkeystore.New(o.db).Delete(t.Context(), defaultTenant, gone.ID, managementkeys.Deletion(ann, api.Conditional{}, time.Now(), rand.Reader)); err != nil {
		t.Fatal(err)
	}
	all := []string{"ann's", "bob's", "made with a deleted key", "made with ann's", "made with the key that ann's made"}

	device, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if _, err := writer.WriteString("delete\n"); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	for name, in := range map[string]io.Reader{"no input": strings.NewReader(""), "a pipe": reader, "a device without an answer": device} {
		o.in = in
		o.deny("MANAGEMENT_KEYS=delete", "person-remove", "EMAIL=ann@example.com")
		if got := o.keys(defaultTenant); !slices.Equal(got, all) {
			t.Errorf("%s: the management keys are %q", name, got)
		}
	}
	o.deny(`MANAGEMENT_KEYS is "yes": use delete, keep, or leave it out`, "person-remove", "EMAIL=ann@example.com", "MANAGEMENT_KEYS=yes")

	out := o.allow("ann@example.com can't sign in any more", "person-remove", "EMAIL=ann@example.com", "MANAGEMENT_KEYS=keep")
	if strings.Contains(out, "bob's") || strings.Contains(out, "another tenant's") || !strings.Contains(out, "15 minutes") {
		t.Errorf("%s", out)
	}
	o.are(map[string]string{"ann@example.com": "disabled ", "bob@example.com": "enabled  owner"})
	if got := o.keys(defaultTenant); !slices.Equal(got, all) {
		t.Errorf("kept: the management keys are %q", got)
	}

	o.allow("deleted the management key "+second.ID, "person-remove", "EMAIL=ANN@example.com", "MANAGEMENT_KEYS=delete")
	if got := o.keys(defaultTenant); !slices.Equal(got, []string{"bob's"}) {
		t.Errorf("deleted: the management keys are %q", got)
	}
	if got := o.keys("other"); !slices.Equal(got, []string{"another tenant's"}) {
		t.Errorf("the management keys of the other tenant are %q", got)
	}
	o.allow("can't sign in any more", "person-remove", "EMAIL=ann@example.com") // there is nothing to ask

	page, err := auditstore.New(o.db).List(t.Context(), defaultTenant, api.ListEventsRequest{ResourceID: second.ID})
	if err != nil || len(page.Rows) != 2 {
		t.Fatalf("%+v, %v", page.Rows, err)
	}
	deletion := page.Rows[0]
	if deletion.Action != api.DeleteManagementKey.Name || !strings.HasPrefix(deletion.Principal.ID, "arn:aws:") || deletion.Principal.Kind != api.Person ||
		deletion.Previous != page.Rows[1].Hash || !deletion.Intact() {
		t.Errorf("the event of the deletion is %+v, after %+v", deletion, page.Rows[1])
	}
}
