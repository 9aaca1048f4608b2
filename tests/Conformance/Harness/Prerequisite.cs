using System.Diagnostics;

namespace DataProcessor.Conformance.Harness;

/// <summary>What a suite needs on the machine. Without it the suite is skipped and says how to enable it; CI skips nothing.</summary>
internal static class Prerequisite
{
    /// <summary>Set to 1, a missing prerequisite fails the test.</summary>
    private const string RequiredVariable = "CONFORMANCE_REQUIRED";

    private const string HowToEnable = "run tests/Conformance/install.sh";

    private static readonly Lazy<bool> HasNode = new(() => Answers("node", "--version"));
    private static readonly Lazy<bool> HasJava = new(() => Answers("java", "-version"));
    private static readonly Lazy<bool> HasAwsCli = new(() => Answers("aws", "--version"));
    private static readonly Lazy<string?> PythonWithBoto3 = new(() =>
        Array.Find(["python3", "/usr/bin/python3"], python => Answers(python, "-c", "import boto3")));

    public static void Node()
    {
        Require(HasNode.Value, "node (20 or later) is not on the path");
        Require(
            Directory.Exists(Path.Combine(ConformanceFolder.Node, "node_modules")),
            "the foreign implementations are not installed");
    }

    public static void Java()
    {
        Node();
        Require(HasJava.Value, "java (17 or later) is not on the path, which DynamoDB Local runs on");
    }

    public static void AwsCli() => Require(HasAwsCli.Value, "the aws command is not on the path");

    /// <summary>The Python that has boto3.</summary>
    public static string Boto3()
    {
        Require(PythonWithBoto3.Value is not null, "python3 has no boto3");
        return PythonWithBoto3.Value!;
    }

    private static void Require(bool isThere, string whatIsMissing)
    {
        if (isThere)
        {
            return;
        }

        var reason = $"{whatIsMissing}; to enable this suite, {HowToEnable}";
        if (Environment.GetEnvironmentVariable(RequiredVariable) == "1")
        {
            Assert.Fail($"{RequiredVariable}=1 and {reason}");
        }

        Assert.Skip(reason);
    }

    private static bool Answers(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
