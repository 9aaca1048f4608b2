using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace DataProcessor.Aws.Local.Storage;

/// <summary>Small JSON files that are replaced by a rename, so that they are always whole.</summary>
internal static class MetadataFile
{
    public static T Read<T>(string file, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(file), type)
                ?? throw new InvalidDataException($"{file} is empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file} cannot be read: {e.Message}", e);
        }
    }

    public static void Replace<T>(string file, T value, JsonTypeInfo<T> type)
    {
        var temporary = file + ".new";
        File.WriteAllBytes(temporary, JsonSerializer.SerializeToUtf8Bytes(value, type));
        File.Move(temporary, file, overwrite: true);
    }
}
