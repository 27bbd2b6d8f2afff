"""Prints a template as AWS's SAM translator expands it for CloudFormation, as JSON.

usage: translate.py TEMPLATE [PARAMETER=VALUE ...]
"""

import json
import sys

from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse


class NoManagedPolicies:
    """Replaces the list of AWS's managed policies, which the template must not need by name."""

    def load(self):
        return {}


with open(sys.argv[1], encoding="utf-8") as file:
    template = yaml_parse(file)
for resource in template["Resources"].values():  # the code is in S3 when AWS translates the template
    if resource["Type"] == "AWS::Serverless::Function":
        resource["Properties"]["CodeUri"] = {"Bucket": "artifacts", "Key": resource["Properties"]["CodeUri"]}
parameters = dict(argument.split("=", 1) for argument in sys.argv[2:])
json.dump(transform(template, parameters, NoManagedPolicies()), sys.stdout)
