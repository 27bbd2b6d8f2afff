package template

import (
	"go.yaml.in/yaml/v3"
)

// Table is the definition of the DynamoDB table. It is always on-demand.
type Table struct {
	LogicalID          string
	PartitionKey       Attribute
	SortKey            Attribute // zero if the table has none
	Indexes            []Index   // global secondary indexes
	TTLAttribute       string    // empty if items do not expire
	StreamView         string    // such as NEW_AND_OLD_IMAGES; empty without a stream
	DeletionProtection bool
	PointInTime        bool // point-in-time recovery
}

// Attribute is a key attribute: its name, and S, N or B.
type Attribute struct{ Name, Type string }

// Index is a global secondary index.
type Index struct {
	Name         string
	PartitionKey Attribute
	SortKey      Attribute // zero if the index has none
	Projection   string    // ALL, KEYS_ONLY or INCLUDE
	Include      []string  // the attributes of INCLUDE
}

// keySchema is CloudFormation's KeySchema.
type keySchema []struct {
	AttributeName string `yaml:"AttributeName"`
	KeyType       string `yaml:"KeyType"`
}

func (r *resolver) table(e entry, properties *yaml.Node) (Table, error) {
	var p struct {
		BillingMode                      string `yaml:"BillingMode"`
		DeletionProtectionEnabled        bool   `yaml:"DeletionProtectionEnabled"`
		PointInTimeRecoverySpecification struct {
			PointInTimeRecoveryEnabled bool `yaml:"PointInTimeRecoveryEnabled"`
		} `yaml:"PointInTimeRecoverySpecification"`
		AttributeDefinitions []struct {
			AttributeName string `yaml:"AttributeName"`
			AttributeType string `yaml:"AttributeType"`
		} `yaml:"AttributeDefinitions"`
		KeySchema              keySchema `yaml:"KeySchema"`
		GlobalSecondaryIndexes []struct {
			IndexName  string    `yaml:"IndexName"`
			KeySchema  keySchema `yaml:"KeySchema"`
			Projection struct {
				ProjectionType   string   `yaml:"ProjectionType"`
				NonKeyAttributes []string `yaml:"NonKeyAttributes"`
			} `yaml:"Projection"`
		} `yaml:"GlobalSecondaryIndexes"`
		TimeToLiveSpecification struct {
			AttributeName string `yaml:"AttributeName"`
			Enabled       bool   `yaml:"Enabled"`
		} `yaml:"TimeToLiveSpecification"`
		StreamSpecification struct {
			StreamViewType string `yaml:"StreamViewType"`
		} `yaml:"StreamSpecification"`
	}
	if err := r.into(properties, &p); err != nil {
		return Table{}, err
	}
	if p.BillingMode != "PAY_PER_REQUEST" {
		return Table{}, r.errorf(e.line, "the BillingMode of %s must be PAY_PER_REQUEST", e.name)
	}
	if local := field(properties, "LocalSecondaryIndexes"); local != nil {
		return Table{}, r.errorf(local.Line, "LocalSecondaryIndexes are not supported; use a global index, or add them to infra/template")
	}
	types := map[string]string{}
	for _, a := range p.AttributeDefinitions {
		types[a.AttributeName] = a.AttributeType
	}
	keys := func(schema keySchema, of string) (partition, sort Attribute, err error) {
		for _, k := range schema {
			a := Attribute{k.AttributeName, types[k.AttributeName]}
			if a.Type == "" {
				return partition, sort, r.errorf(e.line, "the key %q of %s is not in AttributeDefinitions", a.Name, of)
			}
			switch k.KeyType {
			case "HASH":
				partition = a
			case "RANGE":
				sort = a
			default:
				return partition, sort, r.errorf(e.line, "the KeyType of %s in %s must be HASH or RANGE", a.Name, of)
			}
		}
		if partition.Name == "" {
			return partition, sort, r.errorf(e.line, "the KeySchema of %s has no HASH", of)
		}
		return partition, sort, nil
	}
	t := Table{
		LogicalID: e.name, DeletionProtection: p.DeletionProtectionEnabled,
		PointInTime: p.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled,
		StreamView:  p.StreamSpecification.StreamViewType,
	}
	if p.TimeToLiveSpecification.Enabled {
		t.TTLAttribute = p.TimeToLiveSpecification.AttributeName
	}
	var err error
	if t.PartitionKey, t.SortKey, err = keys(p.KeySchema, e.name); err != nil {
		return Table{}, err
	}
	for _, x := range p.GlobalSecondaryIndexes {
		i := Index{Name: x.IndexName, Projection: x.Projection.ProjectionType, Include: x.Projection.NonKeyAttributes}
		if i.PartitionKey, i.SortKey, err = keys(x.KeySchema, "the index "+x.IndexName); err != nil {
			return Table{}, err
		}
		t.Indexes = append(t.Indexes, i)
	}
	return t, nil
}
