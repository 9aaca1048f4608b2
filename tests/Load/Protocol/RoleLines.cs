using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace DataProcessor.Load.Protocol;

/// <summary>
/// How a role talks to the harness: it prints <c>ready {json}</c>, and then <c>result {json}</c> for each line that it is
/// sent. Its standard input ends with the harness, and the role with it: nothing is left behind, even by a SIGKILL.
/// </summary>
internal static class RoleLines
{
    public const string Ready = "ready ";
    public const string Result = "result ";

    public static void Print<T>(string kind, T message, JsonTypeInfo<T> type) =>
        Console.Out.WriteLine(kind + JsonSerializer.Serialize(message, type));

    /// <summary>Answers line by line on the calling thread until the harness is gone.</summary>
    public static void Serve<T>(Func<string, T> answer, JsonTypeInfo<T> type)
    {
        while (Console.In.ReadLine() is { } line)
        {
            Print(Result, answer(line), type);
        }
    }
}
