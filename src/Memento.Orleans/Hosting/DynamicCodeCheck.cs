using System.Runtime.CompilerServices;

namespace Memento.Hosting;

/// <summary>
/// Orleans makes the code of its calls at run time. Without dynamic code a silo hangs for minutes
/// in its start, and then says that a task was canceled: better not to start.
/// </summary>
internal static class DynamicCodeCheck
{
    /// <exception cref="MementoException">The program was built without dynamic code.</exception>
    public static void ThrowIfMissing() => ThrowIfMissing(RuntimeFeature.IsDynamicCodeSupported);

    /// <param name="isSupported">Whether code can be made at run time.</param>
    /// <exception cref="MementoException">It cannot.</exception>
    public static void ThrowIfMissing(bool isSupported)
    {
        if (isSupported) return;

        throw new MementoException(
            "This program runs without dynamic code, which Orleans needs: it was built with "
            + "PublishAot, which a file-based program ('dotnet run app.cs') has on unless it says "
            + "otherwise. Add the line '#:property PublishAot=false' at the top of the file; in a "
            + "project, remove PublishAot.");
    }
}
