using System.Text.Json;

namespace DataProcessor.Unit.Gateway;

/// <summary>
/// Holds JSON against the schemas of an OpenAPI document: the part of JSON Schema that ours uses, and stricter, since no
/// property may be there that is not described.
/// </summary>
internal sealed class JsonShape(JsonElement document)
{
    /// <summary>Null when the value fits; else where it does not.</summary>
    public string? FindMisfit(JsonElement value, JsonElement schema, string at = "$")
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("oneOf", out var some) || schema.TryGetProperty("anyOf", out some))
        {
            var misfits = some.EnumerateArray().Select(one => FindMisfit(value, one, at)).ToArray();
            return misfits.Count(misfit => misfit is null) == 1 ? null : $"{at} fits not one: {string.Join("; ", misfits)}";
        }

        if (schema.TryGetProperty("enum", out var values) && !values.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)))
        {
            return $"{at} is {value}, which is not listed";
        }

        return schema.GetProperty("type").GetString() switch
        {
            "object" => FindMisfitOfObject(value, schema, at),
            "array" => value.ValueKind != JsonValueKind.Array ? $"{at} is no array"
                : schema.TryGetProperty("maxItems", out var most) && value.GetArrayLength() > most.GetInt32() ? $"{at} is too long"
                : value.EnumerateArray().Select((item, i) => FindMisfit(item, schema.GetProperty("items"), $"{at}[{i}]")).FirstOrDefault(misfit => misfit is not null),
            "string" => value.ValueKind == JsonValueKind.String ? null : $"{at} is no string",
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _) ? null : $"{at} is no integer",
            var other => $"{at}: the type {other} is not known here",
        };
    }

    public JsonElement Resolve(JsonElement element)
    {
        while (element.TryGetProperty("$ref", out var reference))
        {
            element = reference.GetString()!.Split('/')[1..].Aggregate(document, (parent, name) => parent.GetProperty(name));
        }

        return element;
    }

    private string? FindMisfitOfObject(JsonElement value, JsonElement schema, string at)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            return $"{at} is no object";
        }

        if (!schema.TryGetProperty("properties", out var properties))
        {
            return null;
        }

        var missing = schema.GetProperty("required").EnumerateArray().FirstOrDefault(name => !value.TryGetProperty(name.GetString()!, out _));
        return missing.ValueKind != JsonValueKind.Undefined ? $"{at} has no {missing}" : value.EnumerateObject()
            .Select(property => properties.TryGetProperty(property.Name, out var one)
                ? FindMisfit(property.Value, one, $"{at}.{property.Name}")
                : $"{at}.{property.Name} is not described")
            .FirstOrDefault(misfit => misfit is not null);
    }
}
