using DataProcessor.Conformance.Harness;
using DataProcessor.Conformance.Scenarios;

namespace DataProcessor.Conformance.KinesisApi;

/// <summary>Amazon's clients by name.</summary>
internal static class ForeignWriters
{
    public const string JavaScript = "JavaScript, HTTP/2";
    public const string JavaScript11 = "JavaScript, HTTP/1.1";
    public const string Boto3 = "boto3";
    public const string AwsCommand = "aws command";

    public static async Task<KinesisCaller> WriterAsync(this ForeignParts foreign, string name, AccessKeyPair? keys = null)
    {
        switch (name)
        {
            case JavaScript:
                return new ChildCaller(await foreign.KinesisSdkAsync(), "2", keys);
            case JavaScript11:
                return new ChildCaller(await foreign.KinesisSdkAsync(), "1.1", keys);
            case Boto3:
                return new ChildCaller(await foreign.Boto3Async(), "1.1", keys);
            default:
                Prerequisite.AwsCli();
                return new AwsCommandCaller(keys);
        }
    }
}
