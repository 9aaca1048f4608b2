"""boto3's client for Kinesis. JSON in and out as on the wire: bytes in base64, times in epoch seconds."""
import base64
import datetime
import functools
import json
import sys

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError


@functools.lru_cache(None)
def client_for(endpoint, key_id, secret):
    # What is wrong is to be found by the server, and told once.
    config = Config(parameter_validation=False, retries={"max_attempts": 0})
    return boto3.client(
        "kinesis", endpoint_url=endpoint, region_name="us-east-1", config=config,
        aws_access_key_id=key_id, aws_secret_access_key=secret)


def to_boto(value, key=None):
    if key == "Data":
        return base64.b64decode(value)
    if key == "Timestamp":
        return datetime.datetime.fromtimestamp(value, datetime.timezone.utc)
    if isinstance(value, list):
        return [to_boto(item) for item in value]
    if isinstance(value, dict):
        return {name: to_boto(item, name) for name, item in value.items()}
    return value


def from_boto(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        return value.timestamp()
    if isinstance(value, list):
        return [from_boto(item) for item in value]
    if isinstance(value, dict):
        return {name: from_boto(item) for name, item in value.items() if name != "ResponseMetadata"}
    return value


def call(endpoint, operation, input, accessKeyId="conformance", secretAccessKey="conformance", **_):
    client = client_for(endpoint, accessKeyId, secretAccessKey)
    try:
        return {"output": from_boto(getattr(client, xform_name(operation))(**to_boto(input)))}
    except ClientError as e:
        status = e.response["ResponseMetadata"]["HTTPStatusCode"]
        code = e.response["Error"]["Code"]
        return {"error": {"code": code, "type": type(e).__name__, "status": status, "message": str(e)}}


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"result": call(**request["params"])}
    except Exception as e:
        answer = {"error": f"{type(e).__name__}: {e}"}
    print(json.dumps(answer), flush=True)
