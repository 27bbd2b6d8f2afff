package api

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/arxkeys/arxkeys/shared/accesskey"
)

// checking returns a check for a request whose strings may be stored or logged. It starts with every string
// of the request that contains an access key or a management key: such a string is rejected, and further
// findings about the same field are ignored. Ids in the path are not searched: a malformed one is not
// found.
func checking(request Request) check {
	var c check
	c.secrets("", reflect.ValueOf(request))
	for _, f := range c.fields {
		c.exposed = append(c.exposed, f.Field)
	}
	return c
}

// secrets searches all strings of the value, which is the field of that name.
func (c *check) secrets(field string, value reflect.Value) {
	switch t := value.Type(); {
	case t == reflect.TypeFor[time.Time]():
	case t == reflect.TypeFor[json.RawMessage]():
		c.secret(field, string(value.Bytes()))
	case t.Kind() == reflect.String:
		c.secret(field, value.String())
	case t.Kind() == reflect.Slice:
		for i := range value.Len() {
			c.secrets(fmt.Sprintf("%s[%d]", field, i), value.Index(i))
		}
	case t.Kind() == reflect.Pointer:
		if !value.IsNil() {
			c.secrets(field, value.Elem())
		}
	case t.Kind() == reflect.Struct:
		for i := range t.NumField() {
			if _, inPath := t.Field(i).Tag.Lookup(string(InPath)); !inPath {
				c.secrets(within(field, t.Field(i)), value.Field(i))
			}
		}
	}
}

// within returns the name of a struct's field in requests. The value of a patch and embedded structs have
// the name of what contains them.
func within(outer string, f reflect.StructField) string {
	if f.Anonymous || !f.IsExported() {
		return outer
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	for _, place := range []Place{InQuery, InHeader} {
		if param, ok := f.Tag.Lookup(string(place)); ok {
			name = param
		}
	}
	if outer == "" {
		return name
	}
	return outer + "." + name
}

func (c *check) secret(field, text string) {
	key, found := accesskey.Find(text)
	switch {
	case !found:
	case key.Reveal() == "":
		c.add(field, "invalid", "is encoded too many times. Send it without encoding.")
	case key.IsManagement():
		c.add(field, "secret", "contains a management key. Remove it, and delete the management key %s%s, because it is exposed.", ManagementKeyPrefix, key.ID())
	default:
		c.add(field, "secret", "contains an access key. Remove it, and rotate or delete the API key %s%s, because its access key is exposed.", KeyPrefix, key.ID())
	}
}
